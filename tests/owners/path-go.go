// path-go.go -- asks Go's crypto/x509 which path it takes, as crypto/tls does.
// Reads cases from standard input, writes answers (tests/paths/paths.py).
//
// A pool makes no difference between an anchor and what lies beside it.  Go
// gives every path that it found; the first is told.
package main

import (
	"bufio"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

const host = "host.example"

func load(label string) *x509.Certificate {
	text, err := os.ReadFile("certs/" + label + ".pem")
	if err != nil {
		panic(err)
	}
	block, _ := pem.Decode(text)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		panic(label + ": " + err.Error())
	}
	return cert
}

func add(pool *x509.CertPool, labels string) {
	if labels == "-" {
		return
	}
	for _, label := range strings.Fields(labels) {
		pool.AddCert(load(label))
	}
}

func main() {
	fmt.Println("# go", runtime.Version())
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		field := strings.Split(in.Text(), "\t")
		at, err := strconv.ParseInt(field[1], 10, 64)
		if err != nil {
			panic(err)
		}
		options := x509.VerifyOptions{
			DNSName:       host,
			Roots:         x509.NewCertPool(),
			Intermediates: x509.NewCertPool(),
			CurrentTime:   time.Unix(at, 0),
		}
		add(options.Roots, field[3])
		add(options.Roots, field[4])
		add(options.Intermediates, field[6])
		chains, err := load(field[2]).Verify(options)
		if err != nil {
			why, _, _ := strings.Cut(err.Error(), ": current time")
			fmt.Printf("%s\treject\t-\t%s\n", field[0],
				strings.TrimPrefix(strings.Join(
					strings.Fields(why), " "), "x509: "))
			continue
		}
		var path []string
		for _, cert := range chains[0] {
			sum := sha256.Sum256(cert.Raw)
			path = append(path, hex.EncodeToString(sum[:]))
		}
		fmt.Printf("%s\taccept\t%s\t\n", field[0],
			strings.Join(path, " "))
	}
}
