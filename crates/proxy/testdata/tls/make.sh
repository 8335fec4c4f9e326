#!/bin/sh
# Made once, for a hundred years: the certificates and keys that the tests of `tls` read. None protects anything.
set -eu
cd "$(dirname "$0")"
days=36500
openssl req -x509 -newkey rsa:2048 -nodes -keyout rsa.key -out rsa.pem -days $days -subj "/O=Shop Ltd/CN=shop.example" \
    -addext "basicConstraints=critical,CA:FALSE" -addext "subjectAltName=DNS:shop.example,DNS:*.Shop.example,IP:192.0.2.7,IP:2001:db8::7" -set_serial 0x8a1b2c3d4e5f
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days $days \
    -subj "/CN=Porthole test root"
openssl ecparam -name prime256v1 -genkey -noout -out api.sec1.key
openssl req -new -key api.sec1.key -subj "/CN=api.example" -out request
printf 'subjectAltName=DNS:api.example\nauthorityKeyIdentifier=keyid\n' > extensions
openssl x509 -req -in request -CA ca.pem -CAkey ca.key -set_serial 4660 -days 8000 -extfile extensions -out leaf
cat leaf ca.pem > api.pem
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout cn.key -out cn.pem -days $days -subj "/CN=Only.Common.Name" -addext "basicConstraints=critical,CA:FALSE"
openssl req -x509 -newkey ed25519 -nodes -keyout ed.key -out ed.pem -days $days -subj "/CN=ed.example" -addext "subjectAltName=DNS:ed.example" -addext "basicConstraints=critical,CA:FALSE"
openssl ecparam -name prime256v1 -genkey -noout -out client.key
openssl req -new -key client.key -subj "/CN=alice" -out request
printf 'extendedKeyUsage=clientAuth\n' > extensions
openssl x509 -req -in request -CA ca.pem -CAkey ca.key -set_serial 77 -days $days -extfile extensions -out client.pem
rm request extensions leaf
