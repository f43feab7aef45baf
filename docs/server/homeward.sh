#!/bin/sh
# Runs a command with the settings of the services, as the user homeward: /usr/local/sbin/homeward
set -a
. /etc/homeward.env
cd /opt/homeward
umask 022
exec runuser -u homeward -g homeward -- .venv/bin/homeward "$@"
