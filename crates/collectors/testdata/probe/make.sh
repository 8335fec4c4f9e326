#!/bin/sh
# Makes the certificates of the tests: an authority, and what it signed. `key.pem` is the key of all but the authority,
# whose own is thrown away. Their times are fixed, so that tests can name them.
set -eu
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
here=$(pwd)
cd "$work"
key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }
key authority.key
key key.pem
: >index.txt
cat >ca.conf <<CONF
[ca]
default_ca = own
[own]
database = $work/index.txt
new_certs_dir = $work
rand_serial = yes
default_md = sha256
policy = anything
unique_subject = no
[anything]
commonName = supplied
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[localhost]
basicConstraints = CA:false
subjectAltName = DNS:localhost,IP:127.0.0.1
extendedKeyUsage = serverAuth
[other]
basicConstraints = CA:false
subjectAltName = DNS:other.example,DNS:www.other.example
extendedKeyUsage = serverAuth
CONF
# sign <file> <key> <common name> <extensions> <end> [<more arguments>]
sign() {
    file=$1 key=$2 name=$3 extensions=$4 end=$5
    shift 5
    openssl req -new -key "$key" -subj "/CN=$name" -out request.pem
    openssl ca -batch -notext -config ca.conf -extensions "$extensions" -in request.pem -out "$file" \
        -startdate 20200101000000Z -enddate "$end" "$@" 2>/dev/null
}
sign authority.pem authority.key "Test authority" authority 21200101000000Z -selfsign -keyfile authority.key
by="-cert authority.pem -keyfile authority.key"
sign localhost.pem key.pem localhost localhost 21190601123015Z $by
sign expired.pem key.pem localhost localhost 20210203040506Z $by
sign other.pem key.pem other.example other 21190601123015Z $by
sign selfsigned.pem key.pem localhost localhost 21190601123015Z -selfsign -keyfile key.pem
cp authority.pem localhost.pem expired.pem other.pem selfsigned.pem key.pem "$here"
