"""A mail to whoever looks after a bot, through the SMTP server that the settings name.

Encrypted or not at all: TLS from the first byte on port 465 (RFC 8314), STARTTLS on every other, unless the server is this machine. What
goes to this machine goes as it is: no certificate is good for “localhost”.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from capitalise.errors import WikiError
from capitalise.messages import N_, Message
from capitalise.wikis.credentials import Credentials

if TYPE_CHECKING:
    import smtplib
    from email.message import EmailMessage

__all__ = ["TLS_PORT", "MailServer", "reach", "send"]

TLS_PORT = 465
SECONDS = 30


@dataclass(frozen=True)
class MailServer:
    """Where mails are handed in, and from whom they come."""

    server: str
    port: int
    sender: str


def send(there: MailServer, account: Credentials | None, to: str, subject: str, text: str, now: datetime) -> None:
    """One mail. Raises WikiError where it was not taken."""
    with _session(there, account) as smtp:
        smtp.send_message(_mail(there.sender, to, subject, text, now))


def reach(there: MailServer, account: Credentials | None) -> None:
    """Sign in and leave again. Raises WikiError with what is wrong."""
    with _session(there, account) as smtp:
        smtp.noop()


def _mail(sender: str, to: str, subject: str, text: str, now: datetime) -> EmailMessage:
    from email.message import EmailMessage
    from email.utils import format_datetime, make_msgid

    mail = EmailMessage()
    mail["From"], mail["To"] = sender, to
    mail["Subject"] = " ".join(subject.split())
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])  # else the name of this machine
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no “out of office” comes back
    mail.set_content(text)
    return mail


@contextmanager
def _session(there: MailServer, account: Credentials | None) -> Iterator[smtplib.SMTP]:
    import smtplib
    import ssl

    try:
        with _connected(there) as smtp:
            if account and not account.password:
                raise _not_taken(there, N_("it wants a name and a password, not a token"))
            if account:
                smtp.login(account.user, account.password)
            yield smtp
    except smtplib.SMTPAuthenticationError as error:
        raise _not_taken(there, N_("it refuses the name or the password")) from error
    except smtplib.SMTPNotSupportedError as error:
        raise _not_taken(there, N_("it offers no encryption, or takes no password")) from error
    except smtplib.SMTPRecipientsRefused as error:
        raise _not_taken(there, N_("it refuses the addressee")) from error
    except smtplib.SMTPResponseException as error:
        raise _not_taken(there, N_("it says %(code)d", code=error.smtp_code)) from error
    except ssl.SSLError as error:
        raise _not_taken(there, N_("its certificate is not good, or the port is another one's")) from error
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        raise _not_taken(there, N_("no answer: are name and port right?")) from error


def _connected(there: MailServer) -> smtplib.SMTP:
    import smtplib
    import ssl

    context = ssl.create_default_context()
    if there.port == TLS_PORT:
        return smtplib.SMTP_SSL(there.server, there.port, timeout=SECONDS, context=context)
    smtp = smtplib.SMTP(there.server, there.port, timeout=SECONDS)
    try:
        smtp.ehlo()
        if not _is_here(there.server):
            smtp.starttls(context=context)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _is_here(server: str) -> bool:
    try:
        return ipaddress.ip_address(server).is_loopback
    except ValueError:
        return server == "localhost"


def _not_taken(there: MailServer, why: Message) -> WikiError:
    return WikiError(
        N_("the mail server %(server)s (port %(port)d): %(why)s", server=there.server, port=there.port, why=why)
    )
