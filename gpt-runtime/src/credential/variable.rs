//! The names of settings in the environment.

use crate::action::Api;

/// The environment variable that holds a setting of an API: `WEATHER_USER_AGENT` for `userAgent`
/// of `weather`.
pub(crate) fn variable(api: &Api, setting: &str) -> String {
    format!("{}_{}", upper_snake(api.name), upper_snake(setting))
}

fn upper_snake(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (index, &character) in characters.iter().enumerate() {
        if !character.is_alphanumeric() {
            if !snake.is_empty() && !snake.ends_with('_') {
                snake.push('_');
            }
            continue;
        }
        let before = index.checked_sub(1).and_then(|it| characters.get(it));
        let after = characters.get(index + 1);
        // `userAgent` -> USER_AGENT, `HTTPBearer` -> HTTP_BEARER
        let starts_word = character.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_numeric()
                    || (before.is_uppercase() && after.is_some_and(|it| it.is_lowercase()))
            });
        if starts_word && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.extend(character.to_uppercase());
    }
    snake.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_of_variables() {
        for (name, expected) in [
            ("userAgent", "USER_AGENT"),
            ("HTTPBearer", "HTTP_BEARER"),
            ("api-key", "API_KEY"),
            ("api_key", "API_KEY"),
            ("ApiKeyAuth", "API_KEY_AUTH"),
            ("oauth2", "OAUTH2"),
            ("X.Token ", "X_TOKEN"),
            ("__", ""),
        ] {
            assert_eq!(super::upper_snake(name), expected, "{name}");
        }
    }
}
