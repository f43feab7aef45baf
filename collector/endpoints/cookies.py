"""Cookies that hold a sign-in, of clients and of people alike."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.responses import Response


@dataclass(frozen=True, slots=True)
class SignInCookie:
    """A cookie that no script can read and that other sites' posts do not carry.

    Over HTTPS its name has the prefix __Host-, which keeps other hosts of the domain from setting it.
    """

    base: str
    https: bool

    @property
    def name(self) -> str:
        return f"__Host-{self.base}" if self.https else self.base

    def value(self, connection: HTTPConnection) -> str:
        """Return the value that the browser sent; "" if there is none.

        Ours have nothing to unquote, which http.cookies does in time that grows with the square of the length.
        """
        value = ""
        for header in connection.headers.getlist("cookie"):
            for pair in header.split(";"):
                name, _, sent = pair.partition("=")
                if name.strip() == self.name:
                    value = sent.strip()
        return value

    def set(self, response: Response, value: str, max_age: int | None = None) -> None:
        """Set the cookie for `max_age` seconds, or until the browser is closed."""
        response.set_cookie(self.name, value, max_age=max_age, secure=self.https, httponly=True, samesite="lax")

    def delete(self, response: Response) -> None:
        response.delete_cookie(self.name, secure=self.https, httponly=True, samesite="lax")
