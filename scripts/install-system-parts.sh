#!/usr/bin/env bash
# Installs from Debian what the suites use and npm cannot bring: a browser and Redis. Does nothing where both are there.
set -euo pipefail

packages=()
command -v chromium >/dev/null || packages+=(chromium fonts-dejavu-core)
command -v redis-server >/dev/null || packages+=(redis-server)
[ ${#packages[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "Install these by hand, this system has no apt-get: ${packages[*]}" >&2
  exit 1
fi
sudo=()
[ "$(id -u)" -eq 0 ] || sudo=(sudo)
echo "Installing ${packages[*]} ..."
"${sudo[@]}" apt-get update -qq
# The suites start a redis-server of their own: the package must not start another.
DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
