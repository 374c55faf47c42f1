/* path-node.js CASES -- asks the Node that runs it, which carries its OpenSSL,
 * whether a TLS client of it trusts the server: a handshake per case.  Writes
 * answers without the line that begins them (tests/paths/paths.py).  Written for
 * Node 6 as well.
 *
 * The time is the process's, so all cases must have the same: libfaketime sets
 * it.  Servers reorder and drop what they are told to send, so a relay between
 * the two reads what really came, which TLS 1.2 sends in the clear (RFC 5246,
 * 7.4.2), and it must be what the case says.  Node does not tell the path that was
 * verified: what getPeerCertificate gives is looked up afterwards.
 */
'use strict';
const fs = require('fs');
const net = require('net');
const tls = require('tls');

const read = (file) => fs.readFileSync(file, 'ascii');
const pem = (label) => read('certs/' + label + '.pem');
const der = (label) => Buffer.from(
	pem(label).replace(/-----[A-Z ]*-----/g, ''), 'base64');
const words = (text) => text === '-' ? [] : text.split(' ');
const key = read('leaf-key.pem');

function die(why) {
	console.error('path-node: ' + why);
	process.exit(1);
}

/* The certificates of the handshake that begins STREAM, or null: more is needed. */
function certificates(stream) {
	let messages = Buffer.alloc(0);

	for (let at = 0; at + 5 <= stream.length;) {
		const n = stream.readUInt16BE(at + 3);
		if (stream[at] !== 22 || at + 5 + n > stream.length)
			break;
		messages = Buffer.concat([messages,
			stream.slice(at + 5, at + 5 + n)]);
		at += 5 + n;
	}
	for (let at = 0; at + 4 <= messages.length;) {
		const n = messages.readUIntBE(at + 1, 3);
		const body = messages.slice(at + 4, at + 4 + n);
		if (body.length < n)
			return null;
		if (messages[at] === 11) {
			const out = [];
			for (let i = 3; i < n; i += 3 + body.readUIntBE(i, 3))
				out.push(body.slice(i + 3,
					i + 3 + body.readUIntBE(i, 3)));
			return out;
		}
		at += 4 + n;
	}
	return null;
}

function ask(field, done) {
	const sent = [field[2]].concat(words(field[6]));
	const ca = words(field[3]).concat(words(field[4])).map(pem);
	const wanted = sent.map(der);
	let stream = Buffer.alloc(0);

	const server = tls.createServer({
		key: key, cert: sent.map(pem).join(''),
		secureProtocol: 'TLSv1_2_method',
	});
	server.on('error', (e) => die(e));
	server.on('tlsClientError', () => {});
	server.on('secureConnection', (s) => s.on('error', () => {}));
	const relay = net.createServer((near) => {
		const far = net.connect(server.address().port, '127.0.0.1');
		for (const s of [near, far])
			s.on('error', () => {});
		far.on('data', (d) => {
			stream = Buffer.concat([stream, d]);
		});
		near.pipe(far).pipe(near);
	});
	server.listen(0, '127.0.0.1', () => relay.listen(0, '127.0.0.1', () => {
		let said;
		const client = tls.connect({
			host: '127.0.0.1', port: relay.address().port,
			servername: 'host.example', ca: ca,
			rejectUnauthorized: false,
			secureProtocol: 'TLSv1_2_method',
		}, () => {
			said = client.authorized ? 'accept\t-\t' : 'reject\t-\t' +
				(client.authorizationError.code ||
				client.authorizationError);
			client.end();
			client.destroy();
		});
		client.on('error', (e) => {
			said = said || 'reject\t-\t' + String(e.code || e.message)
				.replace(/\s+/g, ' ');
		});
		client.on('close', () => {
			const came = certificates(stream);
			if (!came || came.length !== wanted.length ||
					!came.every((c, i) => c.equals(wanted[i])))
				die(field[0] + ': ' + (came ? came.length : 'no') +
					' certificates came, ' + wanted.length +
					' were meant to');
			relay.close();
			server.close(() => done(said));
		});
	}));
}

const cases = read(process.argv[2]).split('\n').filter((l) => l)
	.map((l) => l.split('\t'));
(function next() {
	const field = cases.shift();

	if (!field)
		return;
	if (Math.abs(Date.now() / 1000 - field[1]) > 1)
		die('it is ' + new Date().toISOString() + ', not ' + field[1]);
	ask(field, (said) => {
		fs.writeSync(1, field[0] + '\t' + said + '\n');
		next();
	});
})();
