"""The sign-in cookie of the review: a random token, signed with the moment at which it was last used."""

from __future__ import annotations

import time
from datetime import timedelta

from itsdangerous import BadSignature, TimestampSigner
from starlette.requests import HTTPConnection
from starlette.responses import Response

NAME = "hw_person"
IDLE = timedelta(minutes=30)  # without a request; the ledger ends every sign-in after 12 hours anyway
RENEW_AFTER = timedelta(minutes=1)  # so that not every answer carries a new cookie


class Cookies:
    """Reads, sets and takes back the cookie. Over HTTPS its name keeps other hosts from setting it."""

    def __init__(self, key: bytes, https: bool) -> None:
        self._signer = TimestampSigner(key, salt="person")
        self._https = https
        self.name = f"__Host-{NAME}" if https else NAME

    def token(self, connection: HTTPConnection) -> tuple[str, bool]:
        """Give the token, "" for none or one that was idle for too long, and whether it is time to renew it."""
        value = connection.cookies.get(self.name, "")
        try:
            token, signed = self._signer.unsign(value, max_age=int(IDLE.total_seconds()), return_timestamp=True)
        except BadSignature:
            return "", False
        return token.decode(), time.time() - signed.timestamp() > RENEW_AFTER.total_seconds()

    def value(self, token: str) -> str:
        """Sign a token as used at this moment."""
        return self._signer.sign(token).decode()

    def set(self, response: Response, token: str) -> None:
        """Put the cookie on a response; it lives as long as the browser is open."""
        response.set_cookie(self.name, self.value(token), secure=self._https, httponly=True, samesite="lax")

    def take_back(self, response: Response) -> None:
        response.delete_cookie(self.name, secure=self._https, httponly=True, samesite="lax")
