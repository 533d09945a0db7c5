#!/usr/bin/env bash
# Installs the peers, each into a virtual environment of its own: their dependencies contradict each other. Says what did not install.
# usage: bench/peers/install.sh FOLDER
set -uo pipefail
folder=${1:?name a folder for the virtual environments}
mkdir -p "$folder"
for peer in 'aiperf==0.13.0' 'guidellm==0.8.1' 'vllm[bench]==0.33.0'; do
  name=${peer%%[=\[]*}
  python3 -m venv "$folder/$name"
  if "$folder/$name/bin/pip" install -q "$peer" >"$folder/$name.log" 2>&1; then echo "$peer: installed"
  else echo "$peer: did not install: $(tail -1 "$folder/$name.log")"; fi
done
"$folder/guidellm/bin/python" "$(dirname "$0")/tokenizer.py" "$folder/tokenizer"
echo "llmperf: left out: PyPI has another project of that name, and that of Ray is only on GitHub"
