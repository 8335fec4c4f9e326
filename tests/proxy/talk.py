"""Speaks over a websocket to the site at the port given: words, fragments, a megabyte, and a good end."""

import asyncio
import sys

import websockets


async def main(port):
    # The name leads nowhere: it is connected to this machine.
    address = f"ws://site.example:{port}/"
    async with websockets.connect(address, host="127.0.0.1", port=port, max_size=None) as socket:
        await socket.send("hello")
        assert await socket.recv() == "hello"
        await socket.send(["frag", "ments"])
        assert await socket.recv() == "fragments"
        await socket.send(b"x" * (1 << 20))
        assert await socket.recv() == b"x" * (1 << 20)
        await (await socket.ping())
    print("well", socket.close_code)


asyncio.run(main(int(sys.argv[1])))
