#!/bin/sh
# Browser tests need Chromium. Exit 0: they can run, or were switched off; 2: they cannot, and this says what to do.
set -u

if [ "${BROWSER:-yes}" = "no" ]; then
    echo "Browser tests did not run (BROWSER=no)."
    exit 0
fi

chromium_here() {
    [ -x /usr/bin/chromium ]
}

chromium_here && exit 0

packages="chromium fonts-liberation"
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Debian's Chromium for the browser tests."
    # shellcheck disable=SC2086  # two package names, two words
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages
    chromium_here && exit 0
fi

echo "The browser tests need Chromium. As root, run: apt-get update && apt-get install -y --no-install-recommends $packages" >&2
echo "Or run without them: make test BROWSER=no" >&2
exit 2
