"""Uses a GPT that is private: Python's MCP client finds out how it is let in, by itself."""

import asyncio
import json
import re
import sys
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata

url, token, mode = sys.argv[1:]


class Storage:
    """What the client keeps."""

    def __init__(self):
        self.tokens = None
        self.client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


class Person:
    """Somebody at a browser, who has the token and lets the program in."""

    def __init__(self):
        self.returned = {}
        self.times = 0

    async def go(self, address):
        self.times += 1
        async with httpx2.AsyncClient() as browser:
            locked = await browser.get(address)
            assert locked.status_code == 401, locked.text
            let_in = await browser.post(address, data={"token": token})
            page = await browser.get(address)
            assert let_in.status_code == 303 and page.status_code == 200, page.text
            question = re.search(r'name="question" value="([^"]*)"', page.text)[1]
            answer = {"question": question, "decision": "allow"}
            back = (await browser.post(address, data=answer)).headers["location"]
            self.returned = parse_qs(urlsplit(back).query)

    async def come_back(self):
        return AuthorizationCodeResult(
            **{name: self.returned[name][0] for name in ("code", "state", "iss")}
        )


async def main():
    storage, person = Storage(), Person()
    provider = OAuthClientProvider(
        server_url=url,
        client_metadata=OAuthClientMetadata(
            client_name="Python", redirect_uris=["http://127.0.0.1:3030/callback"]
        ),
        storage=storage,
        redirect_handler=person.go,
        callback_handler=person.come_back,
    )
    async with create_mcp_http_client(auth=provider) as http:
        async with Client(streamable_http_client(url, http_client=http), mode=mode) as client:
            tools = [tool.name for tool in (await client.list_tools()).tools]
            # By its clock the token is over: it has it replaced, and asks nobody.
            first = storage.tokens.access_token
            provider.context.token_expiry_time = 1
            forecast = await client.call_tool("forecast", {"place": "Oslo"})
    print(
        json.dumps(
            {
                "tools": tools,
                "forecast": forecast.content[0].text,
                "is_replaced": first != storage.tokens.access_token,
                "asked": person.times,
            }
        )
    )


asyncio.run(main())
