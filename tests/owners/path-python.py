#!/usr/bin/env python3
"""path-python.py CASES -- asks the ssl module of the Python that runs it which
path it takes: a handshake per case, in memory.  Writes answers without the line
that begins them (tests/paths/paths.py).

The time is the process's, so all cases must have the same: libfaketime sets it.
What came must be what was meant to be sent.
"""
import hashlib
import ssl
import sys
import time

HOST = "host.example"


def pem(label):
    with open("certs/%s.pem" % label, encoding="ascii") as file:
        return file.read()


def words(text):
    return [] if text == "-" else text.split()


def chain(of):
    return [ssl.PEM_cert_to_DER_cert(cert.public_bytes())
            for cert in of or ()]


def ask(leaf, trusted, sent):
    with open("python-sent.pem", "w", encoding="ascii") as file:
        file.write("".join(pem(label) for label in [leaf] + sent))
    there = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    there.load_cert_chain("python-sent.pem", "leaf-key.pem")
    here = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if trusted:
        here.load_verify_locations(
            cadata="".join(pem(label) for label in trusted))
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = there.wrap_bio(up, down, server_side=True)
    client = here.wrap_bio(down, up, server_hostname=HOST)
    verdict = None
    for _ in range(8):
        try:
            client.do_handshake()
            verdict = "accept", ""
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLCertVerificationError as error:
            verdict = "reject", "%d: %s" % (error.verify_code,
                                            error.verify_message)
        if verdict:
            break
        try:
            server.do_handshake()
        except ssl.SSLWantReadError:
            pass
    inner = client._sslobj
    came = chain(inner.get_unverified_chain())
    meant = [ssl.PEM_cert_to_DER_cert(pem(label)) for label in [leaf] + sent]
    if verdict is None or came != meant:
        sys.exit("path-python: %d certificates came, %d were meant to; %s" % (
            len(came), len(meant), verdict))
    path = chain(inner.get_verified_chain()) if verdict[0] == "accept" else []
    return verdict[0], path, verdict[1]


def main():
    with open(sys.argv[1], encoding="ascii") as file:
        for line in file:
            ident, at, leaf, trusted, store, _, sent = \
                line.rstrip("\n").split("\t")
            if abs(time.time() - int(at)) > 1:
                sys.exit("path-python: it is %d, not %s" % (time.time(), at))
            verdict, path, reason = ask(leaf, words(trusted) + words(store),
                                        words(sent))
            print("\t".join((ident, verdict, " ".join(
                hashlib.sha256(der).hexdigest() for der in path) or "-",
                reason)), flush=True)


main()
