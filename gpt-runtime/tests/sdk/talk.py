"""Talks to a GPT with OpenAI's library for Python and prints what it heard as JSON."""

import json
import sys

import openai

base_url, key, model = sys.argv[1:]
client = openai.OpenAI(base_url=base_url, api_key=key, max_retries=0)
question = [{"role": "user", "content": "Will it rain in Oslo?"}]


def refused(ask):
    try:
        ask()
    except openai.APIStatusError as error:
        return {"class": type(error).__name__, "status": error.status_code, "code": error.code}
    return None


heard = {}
heard["models"] = [it.id for it in client.models.list()]
heard["model"] = client.models.retrieve(model).id

plain = client.chat.completions.create(model=model, messages=question)
heard["chat"] = plain.choices[0].message.content
heard["chat_finish"] = plain.choices[0].finish_reason

chunks = list(
    client.chat.completions.create(
        model=model,
        messages=question,
        stream=True,
        stream_options={"include_usage": True},
    )
)
heard["chat_chunks"] = "".join(
    it.choices[0].delta.content or "" for it in chunks if it.choices
)
heard["chat_usage"] = chunks[-1].usage.total_tokens

with client.chat.completions.stream(model=model, messages=question) as stream:
    for _ in stream:
        pass
    final = stream.get_final_completion()
heard["chat_stream"] = final.choices[0].message.content
heard["chat_stream_finish"] = final.choices[0].finish_reason

allowed = client.chat.completions.create(
    model=model,
    messages=[*question, {"role": "assistant", "content": "Yes."}, {"role": "user", "content": "Report it."}],
    metadata={"decision": "allow"},
)
heard["allowed"] = allowed.choices[0].message.content

first = client.responses.create(model=model, input="Will it rain in Oslo?")
heard["response"] = first.output_text
heard["response_status"] = first.status

events = list(
    client.responses.create(
        model=model, input="And tomorrow?", previous_response_id=first.id, stream=True
    )
)
heard["response_events"] = [
    kind
    for at, kind in enumerate(it.type for it in events)
    if at == 0 or events[at - 1].type != kind
]
second = events[-1].response
heard["response_usage"] = second.usage.total_tokens
heard["response_streamed"] = second.output_text
heard["goes_on"] = second.previous_response_id == first.id

with client.responses.stream(
    model=model, input="And then?", previous_response_id=second.id
) as stream:
    for _ in stream:
        pass
    third = stream.get_final_response()
heard["response_stream"] = third.output_text

heard["unknown_model"] = refused(
    lambda: client.chat.completions.create(model="gpt-5", messages=question)
)
tool = {"type": "function", "function": {"name": "a", "parameters": {}}}
heard["own_tools"] = refused(
    lambda: client.chat.completions.create(model=model, messages=question, tools=[tool])
)
heard["unknown_response"] = refused(
    lambda: client.responses.create(model=model, input="?", previous_response_id="resp_1")
)
stranger = openai.OpenAI(base_url=base_url, api_key="wrong", max_retries=0)
heard["stranger"] = refused(lambda: stranger.responses.create(model=model, input="?"))
print(json.dumps(heard))
