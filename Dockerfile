# Porthole's image: one static binary with the page inside, and nothing else.
#
#   docker build -t porthole .
#
# A base image that already holds /out/porthole is taken as it is: `cargo xtask image` makes one of a binary that was
# built outside, so that both ways end in the same last stage.
ARG BUILD_BASE=rust:1.95-bookworm

FROM ${BUILD_BASE} AS build
WORKDIR /src
COPY . .
RUN test -x /out/porthole || { \
        apt-get update \
        && apt-get install -y --no-install-recommends musl-tools \
        && rustup target add x86_64-unknown-linux-musl wasm32-unknown-unknown \
        && cargo xtask image --binary \
        && mkdir -p /out/data \
        && mv target/image/porthole /out/porthole; }

FROM scratch
COPY --from=build /out/porthole /porthole
# A new named volume takes its owner from here.
COPY --from=build --chown=65532:65532 /out/data /data
# Nobody in particular. A Docker socket that is mounted must let this user in by its group:
# `--group-add $(stat -c %g /var/run/docker.sock)`; a socket proxy needs nothing. See compose.example.yml.
USER 65532:65532
# Everything that is written goes to /data and, for a moment, to /tmp: the root may be read-only.
ENV PORTHOLE_DATA=/data
VOLUME /data
EXPOSE 4100 80 443
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["/porthole", "healthcheck"]
ENTRYPOINT ["/porthole"]
