"""Why no connection came about, in plain words."""

from __future__ import annotations

import errno
import socket
import ssl
from urllib.parse import urlsplit

import aiohttp

_NO_WAY = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN)


def why_unconnected(error: BaseException, address: str) -> str:
    """What kept the client from a connection to the address, or to the proxy before it."""
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return f"the connection to {_place(address)} timed out"
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"the proxy answered {error.status}: {error.message}"
    if not isinstance(error, aiohttp.ClientConnectorError):
        return str(error)
    place = f"{error.host} port {error.port}"
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        place = f"the proxy {place}"
    cause: Exception = error.os_error
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        cause = error.certificate_error
    return _of_cause(cause, error.host, place)


def _of_cause(cause: Exception, host: str, place: str) -> str:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the certificate of {place} is not trusted: {cause.verify_message}"
    if isinstance(cause, ssl.SSLError):
        reason = (cause.reason or "no reason told").replace("_", " ").lower()
        return f"no encrypted connection to {place} came about: {reason}"
    if isinstance(cause, socket.gaierror):
        known = "could not be looked up" if cause.errno == socket.EAI_AGAIN else "is not known"
        return f"the name {host} {known}"
    number = cause.errno if isinstance(cause, OSError) else None
    if number == errno.ECONNREFUSED:
        return f"the connection to {place} was refused"
    if number == errno.ETIMEDOUT:
        return f"the connection to {place} timed out"
    if number in _NO_WAY:
        return f"no network leads to {place}"
    return f"no connection to {place}: {cause}"


def _place(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.hostname} port {parts.port or (443 if parts.scheme == 'https' else 80)}"
