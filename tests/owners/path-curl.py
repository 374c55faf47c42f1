#!/usr/bin/env python3
"""path-curl.py LIBCURL FAKETIME -- asks a libcurl whether it trusts the server:
a handshake per case, by ./path-curl in a process with the case's time, with a
server of Python's.  Reads cases from standard input, writes answers without the
line that begins them (tests/paths/paths.py); libcurl tells no path.
"""
import os
import socket
import ssl
import subprocess
import sys
import threading
import time


def pem(label):
    with open("certs/%s.pem" % label, encoding="ascii") as file:
        return file.read()


def bundle(name, labels):
    with open(name, "w", encoding="ascii") as file:
        file.write("".join(pem(label) for label in labels))


def words(text):
    return [] if text == "-" else text.split()


def serve(listening, context):
    """One connection; the client hangs up."""
    connection, _ = listening.accept()
    connection.settimeout(10)
    try:
        with context.wrap_socket(connection, server_side=True) as tls:
            tls.recv(1)
    except (ssl.SSLError, OSError):
        pass


def main():
    library, faketime = sys.argv[1:]
    listening = socket.create_server(("127.0.0.1", 0), backlog=8)
    listening.settimeout(20)
    port = str(listening.getsockname()[1])
    for line in sys.stdin:
        ident, at, leaf, trusted, store, _, sent = \
            line.rstrip("\n").split("\t")
        bundle("curl-sent.pem", [leaf] + words(sent))
        bundle("curl-trusted.pem", words(trusted) + words(store))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain("curl-sent.pem", "leaf-key.pem")
        answer = ["reject", "no anchor"]
        if trusted != "-" or store != "-":
            thread = threading.Thread(target=serve, args=(listening, context))
            thread.start()
            said = subprocess.run(
                ["./path-curl", library, "curl-trusted.pem", port],
                stdout=subprocess.PIPE, check=True, env={
                    "TZ": "UTC", "LD_PRELOAD": faketime,
                    "FAKETIME": time.strftime("%Y-%m-%d %H:%M:%S",
                                              time.gmtime(int(at))),
                    "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                    "DONT_FAKE_MONOTONIC": "1"}).stdout.decode()
            thread.join()
            answer = said.rstrip("\n").split("\t")
        print("\t".join((ident, answer[0], "-", answer[1])), flush=True)
    os.unlink("curl-sent.pem")


main()
