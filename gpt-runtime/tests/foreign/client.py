"""Lists the tools of an MCP server and calls two of them, with Python's MCP client."""

import asyncio
import json
import sys

from mcp import Client, StdioServerParameters
from mcp_types import ElicitResult


async def allow(_, question):
    return ElicitResult(action="accept", content={})


async def main(mode, target, *arguments):
    server = StdioServerParameters(command=target, args=list(arguments)) if arguments else target
    async with Client(server, mode=mode, elicitation_callback=allow) as client:
        tools = (await client.list_tools()).tools
        forecast = await client.call_tool("forecast", {"place": "Oslo"})
        wrong = await client.call_tool("forecast", {})
        report = await client.call_tool("report", {"text": "Flood"})
        said = {
            "tools": [tool.name for tool in tools],
            "forecast": forecast.content[0].text,
            "data": forecast.structured_content,
            "wrong": wrong.is_error,
            "report": report.content[0].text,
        }
    print(json.dumps(said))


asyncio.run(main(*sys.argv[1:]))
