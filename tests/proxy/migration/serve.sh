# A backend: answers every path that it is told of with its name and the path, and /cgi-bin/echo with what it was asked.
# serve NAME PORT [PATH…]
name=$1 port=$2
shift 2
mkdir -p "/w/$port/cgi-bin"
cd "/w/$port"
for path in /index.html "$@"; do
    mkdir -p ".${path%/*}"
    echo "$name $path" >".$path"
done
cat >cgi-bin/echo <<'CGI'
#!/bin/sh
printf 'Content-Type: text/plain\r\n\r\n'
env | sort
CGI
cat >cgi-bin/deny <<'CGI'
#!/bin/sh
printf 'Status: 401 Unauthorized\r\nContent-Type: text/plain\r\n\r\nwho are you?\n'
CGI
cat >cgi-bin/allow <<'CGI'
#!/bin/sh
printf 'Content-Type: text/plain\r\nRemote-User: ada\r\nRemote-Groups: ops\r\n\r\n'
CGI
chmod +x cgi-bin/*
exec httpd -f -p "$port" -h .
