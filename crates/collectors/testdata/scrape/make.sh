#!/bin/sh
# Makes the certificate by which a scrape says who it is, and the authority that signed it, whose key is thrown away.
set -eu
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }
key "$work/authority.key"
key client.key
openssl req -x509 -new -key "$work/authority.key" -subj "/CN=Authority of clients" -days 36000 -out authority.pem \
    -addext basicConstraints=critical,CA:true
openssl req -new -key client.key -subj "/CN=porthole" -out "$work/request.pem"
printf 'basicConstraints=CA:false\nextendedKeyUsage=clientAuth\nsubjectAltName=DNS:porthole\n' >"$work/extensions"
openssl x509 -req -in "$work/request.pem" -CA authority.pem -CAkey "$work/authority.key" -CAcreateserial \
    -days 35000 -extfile "$work/extensions" -out client.pem 2>/dev/null
rm -f authority.srl
