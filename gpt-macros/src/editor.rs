//! What editors read of the attribute, and compilers do not: rust-analyzer sets the cfg
//! `rust_analyzer`, and shows at a token what it means in the expansion.
//!
//! ```text
//! const _: () = {
//!     #[cfg(rust_analyzer)]
//!     {
//!         let _ = |definition: Definition| definition.visibility;
//!         let _ = words::visibility::link;
//!     }
//! };
//! ```
//!
//! A key is a field there and a word a path: so both have documentation, and are completed.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// Something in the attribute that has a meaning.
pub(crate) enum Mention {
    Key(Ident),
    /// A word, and the module of `gpt_runtime::__private::words` that has it.
    Word(&'static str, Ident),
}

/// What is mentioned, for editors.
pub(crate) fn expand(rt: &TokenStream, mentions: &[Mention]) -> TokenStream {
    let mentions = mentions.iter().map(|mention| match mention {
        Mention::Key(key) => quote!(|definition: #rt::Definition| definition.#key),
        Mention::Word(list, word) => {
            let list = Ident::new(list, Span::call_site());
            quote!(#rt::words::#list::#word)
        }
    });
    quote! {
        #[allow(unexpected_cfgs)]
        const _: () = {
            #[cfg(rust_analyzer)]
            {
                #(let _ = #mentions;)*
            }
        };
    }
}
