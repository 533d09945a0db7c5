#!/usr/bin/env bash
# Measures a plan, compares it with a baseline, and writes what a pull request shows. Its exit code is the verdict, and comes last.
#
#   PLAN=examples/ci/plan.yaml BASELINE=baseline/run.json OUT=llm-bench-results bash benchmark.sh [flags of llm-bench run]
#
# PLAN      a plan file
# BASELINE  a run to compare with: the run.json of an earlier OUT; nothing is compared while there is none
# OUT       a folder for the results: run.json, run.html, junit.xml, comparison.html, summary.md, comment.md
set -uo pipefail

plan=${PLAN:?name a plan file in PLAN}
baseline=${BASELINE:-}
out=${OUT:-llm-bench-results}
db="$out/run.duckdb"
id="ci${GITHUB_SHA:+-${GITHUB_SHA:0:10}}"
rm -rf "$out" && mkdir -p "$out" || exit 1

# 1. Measure. Flags beside the plan win over it.
llm-bench run "$plan" "$@" --db "$db" --run-id "$id"
measured=$?

# 2. Keep what was measured, even of a run that failed a condition or spent its budget.
if ! llm-bench report summary --run-id "$id" --db "$db" --json --include requests > "$out/run.json"; then
  rm -f "$out/run.json"
  echo "**llm-bench measured nothing** (exit code $measured); see the log." | tee "$out/summary.md" > "$out/comment.md"
  if [ "$measured" -eq 0 ]; then exit 1; else exit "$measured"; fi
fi
llm-bench report export "$id" --db "$db" -o "$out/run.html" -o "$out/junit.xml" -o "$out/run.md"

# 3. Compare. Exit code 99 is a regression; 2 means that the two are not like-for-like, as after a change of the plan itself.
compared=0
if [ -n "$baseline" ] && [ -f "$baseline" ]; then
  llm-bench compare "$baseline" "$out/run.json" --export "$out/comparison.md" --export "$out/comparison.html" \
    > "$out/comparison.txt" 2> "$out/comparison.err"
  compared=$?
  cat "$out/comparison.txt" "$out/comparison.err"
  if [ "$compared" -eq 2 ]; then
    { echo "> Not compared with the baseline:"; sed 's/^/> /' "$out/comparison.err"; echo; } > "$out/comparison.md"
    compared=0
  fi
else
  printf '> There is no baseline to compare with yet.\n\n' > "$out/comparison.md"
fi

# 4. What people see. Each part fits a comment by itself and shows the worst first; a comment has one, a step summary both.
cat "$out/comparison.md" "$out/run.md" > "$out/summary.md"
if grep -q '^|' "$out/comparison.md"; then cp "$out/comparison.md" "$out/comment.md"; else cp "$out/summary.md" "$out/comment.md"; fi
# GitHub takes 65,536 characters in a comment and 1 MiB in a step summary.
for part in "comment.md 65000" "summary.md 1000000"; do
  read -r file limit <<< "$part"
  head -c "$limit" "$out/$file" > "$out/$file.cut" && mv "$out/$file.cut" "$out/$file"
done
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat "$out/summary.md" >> "$GITHUB_STEP_SUMMARY"; fi

# 5. The verdict: what went wrong while measuring says more than a comparison.
if [ "$measured" -ne 0 ]; then exit "$measured"; fi
exit "$compared"
