"""path_browser.py -- what path-chromium.py and path-firefox.py share: the cases
in an order in which little changes from one to the next, the browser's clock
(path-clock.c), and a server that has an address for each case.

All certificates are for one host, so an address differs by its port alone.  A
browser that trusts asks for the page, one that does not sends an alert; the
server tells which, and that what was sent is what the case says.
"""
import collections
import http
import os
import selectors
import socket
import ssl
import struct
import sys
import threading

HOST = "host.example"
CERTIFICATE = 11		# RFC 5246, 7.4.2
# Chromium and Firefox refuse to ask these ports; no others above 1024
REFUSED_PORTS = {1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000,
                 6566, 6679, 6697, 10080, *range(6665, 6670)}

Case = collections.namedtuple("Case", "id at leaf trusted store sent")


def die(why):
    sys.exit("%s: %s" % (os.path.basename(sys.argv[0]), why))


def pem(label):
    with open("certs/%s.pem" % label, encoding="ascii") as file:
        return file.read()


def keep(label, content):
    with open("certs/%s.pem" % label, "w", encoding="ascii") as file:
        file.write(ssl.DER_cert_to_PEM_cert(content))


def base64_of(label):
    return "".join(pem(label).strip().split("\n")[1:-1])


def der(label):
    return ssl.PEM_cert_to_DER_cert(pem(label))


def words(text):
    return [] if text == "-" else text.split()


def groups(file):
    """The cases in lists: of one time and one store each, by time."""
    out = collections.defaultdict(list)
    for line in file:
        ident, at, leaf, trusted, store, _, sent = line.rstrip("\n").split("\t")
        case = Case(ident, int(at), leaf, words(trusted), words(store),
                    words(sent))
        out[case.at, trusted, store].append(case)
    return [out[key] for key in sorted(out)]


def set_clock(name, seconds):
    """In place: the browser has the file mapped."""
    with open(name, "r+b" if os.path.exists(name) else "wb") as file:
        file.write(struct.pack("=q", seconds))


def sent_in(message):
    """The certificates of a TLS 1.2 Certificate message."""
    out, at = [], 7
    while at < len(message):
        n = int.from_bytes(message[at:at + 3], "big")
        out.append(message[at + 3:at + 3 + n])
        at += 3 + n
    return out


class Server:
    """HTTPS at 127.0.0.1, a port per address; each answers one connection at a
    time, and knows no session, so that every connection is a verification."""

    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.lock = threading.Lock()
        self.asked, self.wrong = set(), []
        threading.Thread(target=self.serve, daemon=True).start()

    def address(self, leaf, sent, key="leaf-key.pem"):
        """The port at which these certificates are sent.  `asked` has it when
        the page was asked for."""
        name = "sent.pem"
        with open(name, "w", encoding="ascii") as file:
            file.write("".join(pem(label) for label in [leaf] + sent))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(name, key)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_TICKET
        meant = [der(label) for label in [leaf] + sent]

        def message(_, direction, _version, _content, kind, data):
            if direction == "write" and kind == CERTIFICATE and \
                    sent_in(data) != meant:
                self.wrong.append((leaf, sent))

        context._msg_callback = message
        while True:
            listener = socket.create_server(("127.0.0.1", 0))
            port = listener.getsockname()[1]
            if port not in REFUSED_PORTS:
                break
            listener.close()
        self.asked.discard(port)	# by one that had it before
        with self.lock:
            self.selector.register(listener, selectors.EVENT_READ, context)
        return port

    def close(self, port):
        with self.lock:
            for key in list(self.selector.get_map().values()):
                if key.fileobj.getsockname()[1] == port:
                    self.selector.unregister(key.fileobj)
                    key.fileobj.close()

    def serve(self):
        while True:
            with self.lock:
                ready = self.selector.select(0)
                for key, _ in ready:
                    near, _ = key.fileobj.accept()
                    threading.Thread(
                        target=self.answer, daemon=True,
                        args=(near, key.data,
                              key.fileobj.getsockname()[1])).start()
            if not ready:
                threading.Event().wait(0.002)

    def answer(self, near, context, port):
        near.settimeout(20)
        try:
            with context.wrap_socket(near, server_side=True) as tls:
                if not tls.recv(65536).startswith(b"GET "):
                    return
                self.asked.add(port)
                tls.sendall(b"HTTP/1.1 %d OK\r\nContent-Type: text/plain\r\n"
                            b"Content-Length: 2\r\nConnection: close\r\n\r\n"
                            b"ok" % http.HTTPStatus.OK)
        except OSError:		# an alert, or a connection that was not needed
            pass
