"""The sign-in cookie of the review: a random token, signed together with the time of its last use."""

from __future__ import annotations

import time
from datetime import timedelta

from itsdangerous import BadSignature, TimestampSigner
from starlette.requests import HTTPConnection
from starlette.responses import Response

NAME = "hw_person"
IDLE = timedelta(minutes=30)  # without a request; every sign-in ends after 12 hours anyway
RENEW_AFTER = timedelta(minutes=1)  # so that not every response sets a new cookie


class Cookies:
    """Reads, sets and deletes the cookie. Over HTTPS, its __Host- prefix keeps other hosts from setting it."""

    def __init__(self, key: bytes, https: bool) -> None:
        self._signer = TimestampSigner(key, salt="person")
        self._https = https
        self.name = f"__Host-{NAME}" if https else NAME

    def token(self, connection: HTTPConnection) -> tuple[str, bool]:
        """Return the token ("" if there is none or it was idle too long), and whether to renew the cookie."""
        value = connection.cookies.get(self.name, "")
        try:
            token, signed = self._signer.unsign(value, max_age=int(IDLE.total_seconds()), return_timestamp=True)
        except BadSignature:
            return "", False
        return token.decode(), time.time() - signed.timestamp() > RENEW_AFTER.total_seconds()

    def value(self, token: str) -> str:
        """Return the cookie's value for a token used now."""
        return self._signer.sign(token).decode()

    def set(self, response: Response, token: str) -> None:
        """Set the cookie on a response; it lasts until the browser is closed."""
        response.set_cookie(self.name, self.value(token), secure=self._https, httponly=True, samesite="lax")

    def delete(self, response: Response) -> None:
        response.delete_cookie(self.name, secure=self._https, httponly=True, samesite="lax")
