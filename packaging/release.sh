#!/usr/bin/env bash
# Makes all that a release has, in dist/: packaging/release.sh [NAME...], the names as for deno task compile:all.
# On Linux, x86-64: the executable for that, linux-x64, must be among them, since it prints the manual.
set -euo pipefail
cd "$(dirname "$0")/.."
export TRACKER=dist/linux-x64/tracker

rm -rf dist
deno task compile:all "$@"

pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT
"./$TRACKER" manual >"$pages/tracker.1"
for shell in bash zsh fish; do "./$TRACKER" completions "$shell" >"$pages/tracker.$shell"; done

for folder in dist/*/; do
  name=$(basename "$folder")
  cp -r LICENSE THIRD-PARTY-LICENSES README.md docs packaging/{tracker.toml,systemd,prometheus,grafana} "$pages"/* "$folder"
  # The archive unpacks into a folder of its own.
  tar --create --gzip --owner=0 --group=0 --file "dist/tracker-$name.tar.gz" --directory dist \
    --transform "s,^$name,tracker," "$name"
done

declare -A architectures=([linux-x64]=amd64 [linux-arm64]=arm64)
for name in "${!architectures[@]}"; do
  if [ -d "dist/$name" ]; then packaging/deb.sh "dist/$name/tracker" "${architectures[$name]}" dist; fi
done

cd dist
sha256sum ./*.tar.gz ./*.deb | sed 's, \./, ,' >SHA256SUMS
