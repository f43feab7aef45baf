"""The review's cookies: the sign-in, a random token signed together with the time of its last use; and the device."""

from __future__ import annotations

from datetime import datetime, timedelta

from itsdangerous import BadSignature, TimestampSigner
from starlette.requests import HTTPConnection
from starlette.responses import Response

from collector.endpoints.cookies import SignInCookie
from collector.ledger.clock import Clock

IDLE = timedelta(minutes=30)  # without a request; every sign-in ends after 12 hours anyway
RENEW_AFTER = timedelta(minutes=1)  # so that not every response sets a new cookie
DEVICE_LIFE = timedelta(days=400)  # since the last sign-in; browsers keep no cookie for longer


class _Signer(TimestampSigner):
    """Signs with the ledger's time for expiries, which nobody can set and which never goes back."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        super().__init__(key, salt="person")
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(datetime.fromisoformat(self._clock.life()).timestamp())


class Cookies:
    """Reads, sets and deletes the cookies."""

    def __init__(self, key: bytes, https: bool, clock: Clock | None = None) -> None:
        self._signer = _Signer(key, clock or Clock())
        self.cookie = SignInCookie("hw_person", https)
        self.device = SignInCookie("hw_device", https)

    def token(self, connection: HTTPConnection) -> tuple[str, bool]:
        """Return the token ("" if there is none or it was idle too long), and whether to renew the cookie."""
        value = self.cookie.value(connection)
        try:
            token, signed = self._signer.unsign(value, max_age=int(IDLE.total_seconds()), return_timestamp=True)
        except BadSignature:
            return "", False
        return token.decode(), self._signer.get_timestamp() - signed.timestamp() > RENEW_AFTER.total_seconds()

    def value(self, token: str) -> str:
        """Return the cookie's value for a token used now."""
        return self._signer.sign(token).decode()

    def set(self, response: Response, token: str) -> None:
        """Set the sign-in's cookie on a response; it lasts until the browser is closed."""
        self.cookie.set(response, self.value(token))

    def delete(self, response: Response) -> None:
        self.cookie.delete(response)

    def set_device(self, response: Response, device: str) -> None:
        """Remember that people have signed in here. It signs nobody in; it only lets them try their password sooner."""
        self.device.set(response, device, max_age=int(DEVICE_LIFE.total_seconds()))
