"""A mail server that takes mail over STARTTLS from who knows the password, and writes it to a folder.

`nobody@` is refused for good, `slow@` for now, once. Arguments: folder, port, certificate, key.
"""

import asyncio
import json
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

folder, port, certificate, key = sys.argv[1:]
seen_slow = False
count = 0


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        global seen_slow
        if address.startswith("nobody@"):
            return "550 5.1.1 nobody of that name"
        if address.startswith("slow@") and not seen_slow:
            seen_slow = True
            return "451 4.7.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        global count
        count += 1
        mail = {
            "to": envelope.rcpt_tos,
            "over_tls": session.ssl is not None,
            "authenticated": session.authenticated,
            "text": envelope.content.decode(),
        }
        unfinished = pathlib.Path(folder, "unfinished")
        unfinished.write_text(json.dumps(mail))
        unfinished.rename(pathlib.Path(folder, f"{count}.json"))
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"porthole", b"TopSecretMail5"))


async def main():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Handler(), hostname="mail.example", tls_context=context, require_starttls=True,
                     authenticator=authenticate, auth_required=True),
        host="127.0.0.1", port=int(port))
    await server.serve_forever()


asyncio.run(main())
