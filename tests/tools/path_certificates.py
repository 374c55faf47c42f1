"""path_certificates.py -- X.509 certificates for make-path-worlds.py.

Python's standard library has no X.509, and OpenSSL's commands would take
minutes for a thousand certificates and refuse some that a test of faults needs,
so this writes the DER itself.  Keys are derived from their owner's name and
ECDSA takes its nonce from the message (RFC 6979), so the same specification
gives the same bytes in every run.  The keys are worth nothing: anybody can
derive them.

What a specification (class Cert) says follows RFC 5280; `fault` is one of
FAULTS and spoils exactly one thing.
"""
import base64
import calendar
import hashlib
import hmac
import re
import time
from dataclasses import dataclass

HOST = "host.example"

# From and until, each period a letter: the certificates of a world differ by
# issuer and period.  The moments that cases ask about lie between their ends.
PERIODS = {
    "wide": ("2010-01-01T00:00:00Z", "2035-01-01T00:00:00Z"),
    "old": ("2000-09-30T21:12:19Z", "2021-09-30T14:01:15Z"),
    "twin": ("2005-01-01T00:00:00Z", "2021-09-29T19:21:40Z"),
    "cross": ("2016-10-07T19:21:40Z", "2021-09-29T19:21:40Z"),
    "late": ("2018-01-01T00:00:00Z", "2024-09-30T18:14:03Z"),
    "good": ("2020-09-04T00:00:00Z", "2025-09-15T16:00:00Z"),
    "soon": ("2024-01-01T00:00:00Z", "2035-06-04T00:00:00Z"),
    "leaf": ("2021-01-01T00:00:00Z", "2029-01-01T00:00:00Z"),
}

FAULTS = {
    "nobc": "no basicConstraints",
    "notca": "basicConstraints says CA:FALSE",
    "pathlen0": "pathLenConstraint 0",
    "nosign": "keyUsage without keyCertSign",
    "clientonly": "extendedKeyUsage is clientAuth alone",
    "names": "nameConstraints permit another domain only",
    "critical": "an unknown critical extension",
    "keyid": "authorityKeyIdentifier of another key",
    "serial": "authorityKeyIdentifier with another issuer and serial number",
    "noids": "neither key identifier",
    "noku": "no keyUsage: not a fault",
    "forged": "signed by another key than the issuer's",
}


def seconds(rfc3339):
    return calendar.timegm(time.strptime(rfc3339, "%Y-%m-%dT%H:%M:%SZ"))


# ---- ECDSA on P-256 (FIPS 186-4), nonces after RFC 6979 ----------------------------
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
     0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


def double(p):
    """Jacobian coordinates, a = -3."""
    x, y, z = p
    yy = y * y % P
    s = 4 * x * yy % P
    zz = z * z % P
    m = 3 * (x - zz) * (x + zz) % P
    x3 = (m * m - 2 * s) % P
    return x3, (m * (s - x3) - 8 * yy * yy) % P, 2 * y * z % P


def add(p, q):
    """P and the affine Q, which is neither P nor its negative here: the
    multiples of G below N never meet before the last bit."""
    x, y, z = p
    if z == 0:
        return q[0], q[1], 1
    zz = z * z % P
    h = (q[0] * zz - x) % P
    r = (q[1] * zz * z - y) % P
    if h == 0:
        return double(p) if r == 0 else (1, 1, 0)
    hh = h * h % P
    hhh = h * hh % P
    v = x * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - y * hhh) % P, z * h % P


def times_g(k):
    result = (1, 1, 0)
    for bit in bin(k)[2:]:
        result = double(result)
        if bit == "1":
            result = add(result, G)
    inverse = pow(result[2], -1, P)
    return (result[0] * inverse * inverse % P,
            result[1] * inverse * inverse * inverse % P)


class Key:
    made = {}

    def __init__(self, name):
        digest = hashlib.sha256(b"path worlds: " + name.encode()).digest()
        self.secret = int.from_bytes(digest, "big") % (N - 1) + 1
        x, y = times_g(self.secret)
        self.point = b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big")
        self.id = hashlib.sha1(self.point).digest()

    @classmethod
    def of(cls, name):
        if name not in cls.made:
            cls.made[name] = cls(name)
        return cls.made[name]

    def nonce(self, digest):
        """RFC 6979, 3.2, with SHA-256: the hash is as long as the order."""
        def mac(key, *parts):
            return hmac.new(key, b"".join(parts), hashlib.sha256).digest()
        e = int.from_bytes(digest, "big") % N
        seed = self.secret.to_bytes(32, "big") + e.to_bytes(32, "big")
        v, k = b"\x01" * 32, bytes(32)
        for octet in (b"\x00", b"\x01"):
            k = mac(k, v, octet, seed)
            v = mac(k, v)
        while True:
            v = mac(k, v)
            n = int.from_bytes(v, "big")
            if 0 < n < N:
                return n
            k = mac(k, v, b"\x00")
            v = mac(k, v)

    def pem(self):
        """RFC 5915, without the public key, which follows from it."""
        der = sequence(integer(1), tlv(0x04, self.secret.to_bytes(32, "big")),
                       tlv(0xA0, oid("1.2.840.10045.3.1.7")))
        return "-----BEGIN EC PRIVATE KEY-----\n%s-----END EC PRIVATE KEY-----" \
            "\n" % base64.encodebytes(der).decode()

    def sign(self, message):
        digest = hashlib.sha256(message).digest()
        k = self.nonce(digest)
        r = times_g(k)[0] % N
        e = int.from_bytes(digest, "big")
        return sequence(integer(r), integer(pow(k, -1, N) *
                                            (e + r * self.secret) % N))


# ---- DER (X.690) ---------------------------------------------------------------------
def tlv(tag, *parts):
    body = b"".join(parts)
    n = len(body)
    if n < 128:
        size = bytes([n])
    else:
        octets = n.to_bytes((n.bit_length() + 7) // 8, "big")
        size = bytes([0x80 | len(octets)]) + octets
    return bytes([tag]) + size + body


def sequence(*parts):
    return tlv(0x30, *parts)


def integer(n):
    return tlv(0x02, n.to_bytes(n.bit_length() // 8 + 1, "big"))


def oid(dotted):
    arcs = [int(arc) for arc in dotted.split(".")]
    out = [40 * arcs[0] + arcs[1]]
    for arc in arcs[2:]:
        septets = [arc & 0x7F]
        while arc > 0x7F:
            arc >>= 7
            septets.append(0x80 | arc & 0x7F)
        out += reversed(septets)
    return tlv(0x06, bytes(out))


def bits(octets, unused=0):
    return tlv(0x03, bytes([unused]), octets)


def name(common):
    return sequence(tlv(0x31, sequence(oid("2.5.4.3"),
                                       tlv(0x0C, common.encode()))))


def moment(rfc3339):
    """All dates here are before 2050, so RFC 5280 4.1.2.5 wants UTCTime."""
    return tlv(0x17, re.sub("[-T:]", "", rfc3339)[2:].encode())


def extension(number, value, critical=False):
    flag = tlv(0x01, b"\xff") if critical else b""
    return sequence(oid(number), flag, tlv(0x04, value))


# ---- certificates --------------------------------------------------------------------
@dataclass(frozen=True)
class Cert:
    """SUBJECT and ISSUER are names; a key has its owner's name unless the
    specification says otherwise."""
    subject: str
    issuer: str
    period: str
    ca: bool = True
    fault: str = ""
    subject_key: str = ""
    issuer_key: str = ""
    key_ids: bool = True

    @property
    def label(self):
        """Unique, and fit to be the name of a file."""
        out = "%s.%s.%s" % (self.subject, self.issuer, self.period)
        for part, value in (("", self.fault), ("key-", self.subject_key),
                            ("by-", self.issuer_key),
                            ("", "" if self.key_ids else "bare")):
            if value:
                out += "." + part + value
        return out.replace(" ", "-")

    @property
    def self_issued(self):
        return self.subject == self.issuer

    def key(self):
        return Key.of(self.subject_key or self.subject)

    def signer(self):
        return Key.of(self.issuer_key or self.issuer)

    def serial(self):
        digest = hashlib.sha256(self.label.encode()).digest()
        return int.from_bytes(b"\x01" + digest[:7], "big")

    def extensions(self):
        out, fault = [], self.fault
        if self.ca:
            if fault == "notca":
                out.append(extension("2.5.29.19", sequence(), True))
            elif fault != "nobc":
                limit = integer(0) if fault == "pathlen0" else b""
                out.append(extension("2.5.29.19", sequence(
                    tlv(0x01, b"\xff"), limit), True))
            usage = None if fault == "noku" else \
                bits(b"\x02", 1) if fault == "nosign" else bits(b"\x06", 1)
        else:
            out.append(extension("2.5.29.19", sequence(), True))
            usage = bits(b"\x80", 7)
            out.append(extension("2.5.29.17", sequence(
                tlv(0x82, HOST.encode()))))
        if usage:
            out.append(extension("2.5.29.15", usage, True))
        if fault == "clientonly":
            out.append(extension("2.5.29.37", sequence(
                oid("1.3.6.1.5.5.7.3.2"))))
        elif not self.ca:
            out.append(extension("2.5.29.37", sequence(
                oid("1.3.6.1.5.5.7.3.1"))))
        if fault == "names":
            out.append(extension("2.5.29.30", sequence(tlv(0xA0, sequence(
                tlv(0x82, b"elsewhere.test")))), True))
        if fault == "critical":
            # an arc of RFC 5612's, for documentation: nobody can know it
            out.append(extension("1.3.6.1.4.1.32473.1", tlv(0x05), True))
        if self.key_ids and fault != "noids":
            out.append(extension("2.5.29.14", tlv(0x04, self.key().id)))
            out += self.authority()
        return out

    def authority(self):
        if self.self_issued and not self.fault:
            return []
        known = Key.of("somebody") if self.fault == "keyid" else self.signer()
        parts = [tlv(0x80, known.id)]
        if self.fault == "serial":
            # right key, but another certificate of it: what OpenSSL's
            # "authorityKeyIdentifier = issuer" writes when a root is renewed
            parts += [tlv(0xA1, tlv(0xA4, name("Nobody"))),
                      tlv(0x82, b"\x01\x02\x03\x04")]
        return [extension("2.5.29.35", sequence(*parts))]

    def der(self):
        algorithm = sequence(oid("1.2.840.10045.4.3.2"))
        begin, end = PERIODS[self.period] if self.period in PERIODS else \
            self.period
        point = sequence(sequence(oid("1.2.840.10045.2.1"),
                                  oid("1.2.840.10045.3.1.7")),
                         bits(self.key().point))
        signed = sequence(
            tlv(0xA0, integer(2)), integer(self.serial()), algorithm,
            name(self.issuer), sequence(moment(begin), moment(end)),
            name(self.subject), point,
            tlv(0xA3, sequence(*self.extensions())))
        signer = Key.of("somebody") if self.fault == "forged" else \
            self.signer()
        return sequence(signed, algorithm, bits(signer.sign(signed)))

    def base64(self):
        return base64.b64encode(self.der()).decode()
