# shellcheck shell=bash
# Completion of matview for bash. Made by 'matview completion bash' from the table of its options: do not edit.

# The options of command $1, one a line.
__matview_options() {
  case $1 in
    'create') printf '%s\n' --query --query-file --kind --with-data --no-data --if-not-exists --replace --tag --no-wait \
      --cancel-on-timeout --attach --base-dir --refresh-mode --keep-sources --retain --retain-for \
      --timezone --schedule --auto-refresh --threads --memory-limit --udtf --udtf-command --udtf-format \
      --output-schema --output-schema-file --udtf-name --udtf-version --udtf-input-columns \
      --udtf-partition-by --udtf-num-cpus --udtf-memory --udtf-timeout --udtf-max-output \
      --udtf-error-handling --udtf-batch --udtf-no-batch --concurrency --intra-applier-concurrency \
      --source-task-size --max-rows-per-fragment --output-limit --tml --tml-text --connection --columns \
      --remote --query-id --performance --no-schedule --expires-at --private --public --max-credits \
      --udtf-sha --udtf-partition-by-indexed-column --udtf-num-gpus --udtf-manifest \
      --udtf-manifest-checksum --delimiter --header --unique-index --tablespace --using --storage \
      --profile -P --config --output -o --quiet -q --verbose -v --color --progress --dry-run -n --timeout \
      --retries --trace-http --log-file --log-format --no-input --yes -y --help -h --version ;;
    'refresh') printf '%s\n' --all --stale --due --auto --failed --tag --exclude --full --force --jobs --fail-fast --results \
      --if-locked --lock-timeout --jitter --verify --wait --no-wait --cancel-on-timeout --fields --report \
      --metrics-file --threads --memory-limit --concurrency --intra-applier-concurrency \
      --source-task-size --max-rows-per-fragment --output-limit --src-version --allow-not-stale \
      --performance --if-running --max-credits --cluster --manifest --set --delimiter --header \
      --concurrently --profile -P --config --output -o --quiet -q --verbose -v --color --progress \
      --dry-run -n --timeout --retries --trace-http --log-file --log-format --no-input --yes -y --help -h \
      --version ;;
    'status') printf '%s\n' --all --stale --due --auto --failed --tag --exclude --all-profiles --job --watch --exit-code \
      --fields --report --metrics-file --delimiter --header --profile -P --config --output -o --quiet -q \
      --verbose -v --color --progress --dry-run -n --timeout --retries --trace-http --log-file \
      --log-format --no-input --yes -y --help -h --version ;;
    'list') printf '%s\n' --all --stale --due --auto --failed --tag --exclude --all-profiles --details --fields --namespace \
      --all-namespaces --all-tables --delimiter --header --profile -P --config --output -o --quiet -q \
      --verbose -v --color --progress --dry-run -n --timeout --retries --trace-http --log-file \
      --log-format --no-input --yes -y --help -h --version ;;
    'show') printf '%s\n' --delimiter --header --profile -P --config --output -o --quiet -q --verbose -v --color --progress \
      --dry-run -n --timeout --retries --trace-http --log-file --log-format --no-input --yes -y --help -h \
      --version ;;
    'drop') printf '%s\n' --if-exists --force --any-table --delimiter --header --profile -P --config --output -o --quiet -q \
      --verbose -v --color --progress --dry-run -n --timeout --retries --trace-http --log-file \
      --log-format --no-input --yes -y --help -h --version ;;
    'watch') printf '%s\n' --all --stale --due --auto --failed --tag --exclude --interval --jobs --metrics-file --threads \
      --memory-limit --concurrency --intra-applier-concurrency --source-task-size --max-rows-per-fragment \
      --output-limit --src-version --allow-not-stale --performance --if-running --max-credits --cluster \
      --manifest --set --delimiter --header --concurrently --profile -P --config --output -o --quiet -q \
      --verbose -v --color --progress --dry-run -n --timeout --retries --trace-http --log-file \
      --log-format --no-input --yes -y --help -h --version ;;
    'suspend') printf '%s\n' --all --stale --due --auto --failed --tag --exclude --profile -P --config --output -o --quiet -q \
      --verbose -v --color --progress --dry-run -n --timeout --retries --trace-http --log-file \
      --log-format --no-input --yes -y --help -h --version ;;
    'resume') printf '%s\n' --all --stale --due --auto --failed --tag --exclude --profile -P --config --output -o --quiet -q \
      --verbose -v --color --progress --dry-run -n --timeout --retries --trace-http --log-file \
      --log-format --no-input --yes -y --help -h --version ;;
    'apply') printf '%s\n' --file -f --prune --allow-drop --no-wait --cancel-on-timeout --report --profile -P --config \
      --output -o --quiet -q --verbose -v --color --progress --dry-run -n --timeout --retries \
      --trace-http --log-file --log-format --no-input --yes -y --help -h --version ;;
    'diff') printf '%s\n' --file -f --prune --exit-code --out --profile -P --config --output -o --quiet -q --verbose -v \
      --color --progress --dry-run -n --timeout --retries --trace-http --log-file --log-format --no-input \
      --yes -y --help -h --version ;;
    'validate') printf '%s\n' --file -f --profile -P --config --output -o --quiet -q --verbose -v --color --progress --dry-run -n \
      --timeout --retries --trace-http --log-file --log-format --no-input --yes -y --help -h --version ;;
    'wait') printf '%s\n' --cancel-on-timeout --fields --profile -P --config --output -o --quiet -q --verbose -v --color \
      --progress --dry-run -n --timeout --retries --trace-http --log-file --log-format --no-input \
      --yes -y --help -h --version ;;
    'cancel') printf '%s\n' --fields --profile -P --config --output -o --quiet -q --verbose -v --color --progress --dry-run -n \
      --timeout --retries --trace-http --log-file --log-format --no-input --yes -y --help -h --version ;;
    'graph') printf '%s\n' --all --stale --due --auto --failed --tag --exclude --all-profiles --profile -P --config \
      --output -o --quiet -q --verbose -v --color --progress --dry-run -n --timeout --retries \
      --trace-http --log-file --log-format --no-input --yes -y --help -h --version ;;
    'query') printf '%s\n' --query-file --version --attach --base-dir --threads --memory-limit --profile -P --config \
      --output -o --quiet -q --verbose -v --color --progress --dry-run -n --timeout --retries \
      --trace-http --log-file --log-format --no-input --yes -y --help -h ;;
    'history') printf '%s\n' --limit --fields --profile -P --config --output -o --quiet -q --verbose -v --color --progress \
      --dry-run -n --timeout --retries --trace-http --log-file --log-format --no-input --yes -y --help -h \
      --version ;;
    'explain') printf '%s\n' --query --query-file --sql --attach --base-dir --refresh-mode --timezone --threads --memory-limit \
      --udtf --udtf-command --udtf-format --output-schema --output-schema-file --udtf-name --udtf-version \
      --udtf-input-columns --udtf-partition-by --udtf-num-cpus --udtf-memory --udtf-timeout \
      --udtf-max-output --udtf-error-handling --udtf-batch --udtf-no-batch --concurrency \
      --intra-applier-concurrency --source-task-size --max-rows-per-fragment --output-limit --profile -P \
      --config --output -o --quiet -q --verbose -v --color --progress --dry-run -n --timeout --retries \
      --trace-http --log-file --log-format --no-input --yes -y --help -h --version ;;
    'verify') printf '%s\n' --all --stale --due --auto --failed --tag --exclude --jobs --report --threads --memory-limit \
      --profile -P --config --output -o --quiet -q --verbose -v --color --progress --dry-run -n --timeout \
      --retries --trace-http --log-file --log-format --no-input --yes -y --help -h --version ;;
    'gc') printf '%s\n' --grace --profile -P --config --output -o --quiet -q --verbose -v --color --progress --dry-run -n \
      --timeout --retries --trace-http --log-file --log-format --no-input --yes -y --help -h --version ;;
    'profile list') printf '%s\n' --profile -P --config --output -o --quiet -q --verbose -v --color --progress --dry-run -n --timeout \
      --retries --trace-http --log-file --log-format --no-input --yes -y --help -h --version ;;
    'profile show') printf '%s\n' --profile -P --config --output -o --quiet -q --verbose -v --color --progress --dry-run -n --timeout \
      --retries --trace-http --log-file --log-format --no-input --yes -y --help -h --version ;;
    'profile use') printf '%s\n' --profile -P --config --output -o --quiet -q --verbose -v --color --progress --dry-run -n --timeout \
      --retries --trace-http --log-file --log-format --no-input --yes -y --help -h --version ;;
    'doctor') printf '%s\n' --all-profiles --profile -P --config --output -o --quiet -q --verbose -v --color --progress \
      --dry-run -n --timeout --retries --trace-http --log-file --log-format --no-input --yes -y --help -h \
      --version ;;
    'completion') printf '%s\n' --profile -P --config --output -o --quiet -q --verbose -v --color --progress --dry-run -n --timeout \
      --retries --trace-http --log-file --log-format --no-input --yes -y --help -h --version ;;
    'help') printf '%s\n' --profile -P --config --output -o --quiet -q --verbose -v --color --progress --dry-run -n --timeout \
      --retries --trace-http --log-file --log-format --no-input --yes -y --help -h --version ;;
    'version') printf '%s\n' --profile -P --config --output -o --quiet -q --verbose -v --color --progress --dry-run -n --timeout \
      --retries --trace-http --log-file --log-format --no-input --yes -y --help -h --version ;;
    *) printf '%s\n' --profile -P --config --output -o --quiet -q --verbose -v --color --progress --dry-run -n --timeout \
      --retries --trace-http --log-file --log-format --no-input --yes -y --help -h --version ;;
  esac
}

# What the value of option $2 of command $1 is; nothing if it takes none there.
__matview_value() {
  case "$1 $2" in
    'create --query=' | 'create --query') echo 'other' ;;
    'create --query-file=' | 'create --query-file') echo 'file' ;;
    'create --kind=' | 'create --kind') echo 'words query udtf chunker scalar_udtf' ;;
    'create --tag=' | 'create --tag') echo 'tag' ;;
    'create --attach=' | 'create --attach') echo 'other' ;;
    'create --base-dir=' | 'create --base-dir') echo 'other' ;;
    'create --refresh-mode=' | 'create --refresh-mode') echo 'words auto incremental strict full' ;;
    'create --keep-sources=' | 'create --keep-sources') echo 'words link copy off' ;;
    'create --retain=' | 'create --retain') echo 'other' ;;
    'create --retain-for=' | 'create --retain-for') echo 'other' ;;
    'create --timezone=' | 'create --timezone') echo 'other' ;;
    'create --schedule=' | 'create --schedule') echo 'other' ;;
    'create --threads=' | 'create --threads') echo 'other' ;;
    'create --memory-limit=' | 'create --memory-limit') echo 'other' ;;
    'create --udtf=' | 'create --udtf') echo 'file' ;;
    'create --udtf-command=' | 'create --udtf-command') echo 'other' ;;
    'create --udtf-format=' | 'create --udtf-format') echo 'words ndjson csv' ;;
    'create --output-schema=' | 'create --output-schema') echo 'other' ;;
    'create --output-schema-file=' | 'create --output-schema-file') echo 'file' ;;
    'create --udtf-name=' | 'create --udtf-name') echo 'other' ;;
    'create --udtf-version=' | 'create --udtf-version') echo 'other' ;;
    'create --udtf-input-columns=' | 'create --udtf-input-columns') echo 'other' ;;
    'create --udtf-partition-by=' | 'create --udtf-partition-by') echo 'other' ;;
    'create --udtf-num-cpus=' | 'create --udtf-num-cpus') echo 'other' ;;
    'create --udtf-memory=' | 'create --udtf-memory') echo 'other' ;;
    'create --udtf-timeout=' | 'create --udtf-timeout') echo 'other' ;;
    'create --udtf-max-output=' | 'create --udtf-max-output') echo 'other' ;;
    'create --udtf-error-handling=' | 'create --udtf-error-handling') echo 'other' ;;
    'create --concurrency=' | 'create --concurrency') echo 'other' ;;
    'create --intra-applier-concurrency=' | 'create --intra-applier-concurrency') echo 'other' ;;
    'create --source-task-size=' | 'create --source-task-size') echo 'other' ;;
    'create --max-rows-per-fragment=' | 'create --max-rows-per-fragment') echo 'other' ;;
    'create --output-limit=' | 'create --output-limit') echo 'other' ;;
    'create --tml=' | 'create --tml') echo 'file' ;;
    'create --tml-text=' | 'create --tml-text') echo 'other' ;;
    'create --connection=' | 'create --connection') echo 'other' ;;
    'create --columns=' | 'create --columns') echo 'other' ;;
    'create --query-id=' | 'create --query-id') echo 'other' ;;
    'create --performance=' | 'create --performance') echo 'words small medium large' ;;
    'create --expires-at=' | 'create --expires-at') echo 'other' ;;
    'create --max-credits=' | 'create --max-credits') echo 'other' ;;
    'create --udtf-sha=' | 'create --udtf-sha') echo 'other' ;;
    'create --udtf-partition-by-indexed-column=' | 'create --udtf-partition-by-indexed-column') echo 'other' ;;
    'create --udtf-num-gpus=' | 'create --udtf-num-gpus') echo 'other' ;;
    'create --udtf-manifest=' | 'create --udtf-manifest') echo 'other' ;;
    'create --udtf-manifest-checksum=' | 'create --udtf-manifest-checksum') echo 'other' ;;
    'create --delimiter=' | 'create --delimiter') echo 'other' ;;
    'create --header=' | 'create --header') echo 'other' ;;
    'create --unique-index=' | 'create --unique-index') echo 'other' ;;
    'create --tablespace=' | 'create --tablespace') echo 'other' ;;
    'create --using=' | 'create --using') echo 'other' ;;
    'create --storage=' | 'create --storage') echo 'other' ;;
    'refresh --tag=' | 'refresh --tag') echo 'tag' ;;
    'refresh --exclude=' | 'refresh --exclude') echo 'selector' ;;
    'refresh --jobs=' | 'refresh --jobs') echo 'other' ;;
    'refresh --results=' | 'refresh --results') echo 'file' ;;
    'refresh --if-locked=' | 'refresh --if-locked') echo 'words fail skip wait' ;;
    'refresh --lock-timeout=' | 'refresh --lock-timeout') echo 'other' ;;
    'refresh --jitter=' | 'refresh --jitter') echo 'other' ;;
    'refresh --fields=' | 'refresh --fields') echo 'list id view profile provider operation state mode reason submitted_at started_at finished_at elapsed_seconds rows_total rows_added rows_removed version error native' ;;
    'refresh --report=' | 'refresh --report') echo 'other' ;;
    'refresh --metrics-file=' | 'refresh --metrics-file') echo 'file' ;;
    'refresh --threads=' | 'refresh --threads') echo 'other' ;;
    'refresh --memory-limit=' | 'refresh --memory-limit') echo 'other' ;;
    'refresh --concurrency=' | 'refresh --concurrency') echo 'other' ;;
    'refresh --intra-applier-concurrency=' | 'refresh --intra-applier-concurrency') echo 'other' ;;
    'refresh --source-task-size=' | 'refresh --source-task-size') echo 'other' ;;
    'refresh --max-rows-per-fragment=' | 'refresh --max-rows-per-fragment') echo 'other' ;;
    'refresh --output-limit=' | 'refresh --output-limit') echo 'other' ;;
    'refresh --src-version=' | 'refresh --src-version') echo 'other' ;;
    'refresh --performance=' | 'refresh --performance') echo 'words small medium large' ;;
    'refresh --if-running=' | 'refresh --if-running') echo 'words wait skip start' ;;
    'refresh --max-credits=' | 'refresh --max-credits') echo 'other' ;;
    'refresh --cluster=' | 'refresh --cluster') echo 'other' ;;
    'refresh --manifest=' | 'refresh --manifest') echo 'other' ;;
    'refresh --set=' | 'refresh --set') echo 'other' ;;
    'refresh --delimiter=' | 'refresh --delimiter') echo 'other' ;;
    'refresh --header=' | 'refresh --header') echo 'other' ;;
    'refresh --concurrently=' | 'refresh --concurrently') echo 'words auto always never' ;;
    'status --tag=' | 'status --tag') echo 'tag' ;;
    'status --exclude=' | 'status --exclude') echo 'selector' ;;
    'status --job=' | 'status --job') echo 'job' ;;
    'status --watch=') echo 'other' ;;
    'status --fields=' | 'status --fields') echo 'list name profile provider kind freshness state version rows bytes created_at refreshed_at refresh_mode refresh_reason schedule auto_refresh sources depends_on tags last_job definition native suspended suspended_reason next_refresh_at due' ;;
    'status --report=' | 'status --report') echo 'other' ;;
    'status --metrics-file=' | 'status --metrics-file') echo 'file' ;;
    'status --delimiter=' | 'status --delimiter') echo 'other' ;;
    'status --header=' | 'status --header') echo 'other' ;;
    'list --tag=' | 'list --tag') echo 'tag' ;;
    'list --exclude=' | 'list --exclude') echo 'selector' ;;
    'list --fields=' | 'list --fields') echo 'list name profile provider kind freshness state version rows bytes created_at refreshed_at refresh_mode refresh_reason schedule auto_refresh sources depends_on tags last_job definition native suspended suspended_reason next_refresh_at due' ;;
    'list --namespace=' | 'list --namespace') echo 'other' ;;
    'list --delimiter=' | 'list --delimiter') echo 'other' ;;
    'list --header=' | 'list --header') echo 'other' ;;
    'show --delimiter=' | 'show --delimiter') echo 'other' ;;
    'show --header=' | 'show --header') echo 'other' ;;
    'drop --delimiter=' | 'drop --delimiter') echo 'other' ;;
    'drop --header=' | 'drop --header') echo 'other' ;;
    'watch --tag=' | 'watch --tag') echo 'tag' ;;
    'watch --exclude=' | 'watch --exclude') echo 'selector' ;;
    'watch --interval=' | 'watch --interval') echo 'other' ;;
    'watch --jobs=' | 'watch --jobs') echo 'other' ;;
    'watch --metrics-file=' | 'watch --metrics-file') echo 'file' ;;
    'watch --threads=' | 'watch --threads') echo 'other' ;;
    'watch --memory-limit=' | 'watch --memory-limit') echo 'other' ;;
    'watch --concurrency=' | 'watch --concurrency') echo 'other' ;;
    'watch --intra-applier-concurrency=' | 'watch --intra-applier-concurrency') echo 'other' ;;
    'watch --source-task-size=' | 'watch --source-task-size') echo 'other' ;;
    'watch --max-rows-per-fragment=' | 'watch --max-rows-per-fragment') echo 'other' ;;
    'watch --output-limit=' | 'watch --output-limit') echo 'other' ;;
    'watch --src-version=' | 'watch --src-version') echo 'other' ;;
    'watch --performance=' | 'watch --performance') echo 'words small medium large' ;;
    'watch --if-running=' | 'watch --if-running') echo 'words wait skip start' ;;
    'watch --max-credits=' | 'watch --max-credits') echo 'other' ;;
    'watch --cluster=' | 'watch --cluster') echo 'other' ;;
    'watch --manifest=' | 'watch --manifest') echo 'other' ;;
    'watch --set=' | 'watch --set') echo 'other' ;;
    'watch --delimiter=' | 'watch --delimiter') echo 'other' ;;
    'watch --header=' | 'watch --header') echo 'other' ;;
    'watch --concurrently=' | 'watch --concurrently') echo 'words auto always never' ;;
    'suspend --tag=' | 'suspend --tag') echo 'tag' ;;
    'suspend --exclude=' | 'suspend --exclude') echo 'selector' ;;
    'resume --tag=' | 'resume --tag') echo 'tag' ;;
    'resume --exclude=' | 'resume --exclude') echo 'selector' ;;
    'apply --file=' | 'apply --file' | 'apply -f') echo 'file' ;;
    'apply --allow-drop=' | 'apply --allow-drop') echo 'selector' ;;
    'apply --report=' | 'apply --report') echo 'other' ;;
    'diff --file=' | 'diff --file' | 'diff -f') echo 'file' ;;
    'diff --out=' | 'diff --out') echo 'file' ;;
    'validate --file=' | 'validate --file' | 'validate -f') echo 'file' ;;
    'wait --fields=' | 'wait --fields') echo 'list id view profile provider operation state mode reason submitted_at started_at finished_at elapsed_seconds rows_total rows_added rows_removed version error native' ;;
    'cancel --fields=' | 'cancel --fields') echo 'list id view profile provider operation state mode reason submitted_at started_at finished_at elapsed_seconds rows_total rows_added rows_removed version error native' ;;
    'graph --tag=' | 'graph --tag') echo 'tag' ;;
    'graph --exclude=' | 'graph --exclude') echo 'selector' ;;
    'query --query-file=' | 'query --query-file') echo 'file' ;;
    'query --version=' | 'query --version') echo 'other' ;;
    'query --attach=' | 'query --attach') echo 'other' ;;
    'query --base-dir=' | 'query --base-dir') echo 'other' ;;
    'query --threads=' | 'query --threads') echo 'other' ;;
    'query --memory-limit=' | 'query --memory-limit') echo 'other' ;;
    'history --limit=' | 'history --limit') echo 'other' ;;
    'history --fields=' | 'history --fields') echo 'list id view profile provider operation state mode reason submitted_at started_at finished_at elapsed_seconds rows_total rows_added rows_removed version error native' ;;
    'explain --query=' | 'explain --query') echo 'other' ;;
    'explain --query-file=' | 'explain --query-file') echo 'file' ;;
    'explain --attach=' | 'explain --attach') echo 'other' ;;
    'explain --base-dir=' | 'explain --base-dir') echo 'other' ;;
    'explain --refresh-mode=' | 'explain --refresh-mode') echo 'words auto incremental strict full' ;;
    'explain --timezone=' | 'explain --timezone') echo 'other' ;;
    'explain --threads=' | 'explain --threads') echo 'other' ;;
    'explain --memory-limit=' | 'explain --memory-limit') echo 'other' ;;
    'explain --udtf=' | 'explain --udtf') echo 'file' ;;
    'explain --udtf-command=' | 'explain --udtf-command') echo 'other' ;;
    'explain --udtf-format=' | 'explain --udtf-format') echo 'words ndjson csv' ;;
    'explain --output-schema=' | 'explain --output-schema') echo 'other' ;;
    'explain --output-schema-file=' | 'explain --output-schema-file') echo 'file' ;;
    'explain --udtf-name=' | 'explain --udtf-name') echo 'other' ;;
    'explain --udtf-version=' | 'explain --udtf-version') echo 'other' ;;
    'explain --udtf-input-columns=' | 'explain --udtf-input-columns') echo 'other' ;;
    'explain --udtf-partition-by=' | 'explain --udtf-partition-by') echo 'other' ;;
    'explain --udtf-num-cpus=' | 'explain --udtf-num-cpus') echo 'other' ;;
    'explain --udtf-memory=' | 'explain --udtf-memory') echo 'other' ;;
    'explain --udtf-timeout=' | 'explain --udtf-timeout') echo 'other' ;;
    'explain --udtf-max-output=' | 'explain --udtf-max-output') echo 'other' ;;
    'explain --udtf-error-handling=' | 'explain --udtf-error-handling') echo 'other' ;;
    'explain --concurrency=' | 'explain --concurrency') echo 'other' ;;
    'explain --intra-applier-concurrency=' | 'explain --intra-applier-concurrency') echo 'other' ;;
    'explain --source-task-size=' | 'explain --source-task-size') echo 'other' ;;
    'explain --max-rows-per-fragment=' | 'explain --max-rows-per-fragment') echo 'other' ;;
    'explain --output-limit=' | 'explain --output-limit') echo 'other' ;;
    'verify --tag=' | 'verify --tag') echo 'tag' ;;
    'verify --exclude=' | 'verify --exclude') echo 'selector' ;;
    'verify --jobs=' | 'verify --jobs') echo 'other' ;;
    'verify --report=' | 'verify --report') echo 'other' ;;
    'verify --threads=' | 'verify --threads') echo 'other' ;;
    'verify --memory-limit=' | 'verify --memory-limit') echo 'other' ;;
    'gc --grace=' | 'gc --grace') echo 'other' ;;
    *' --profile=' | *' --profile' | *' -P') echo 'profile' ;;
    *' --config=' | *' --config') echo 'file' ;;
    *' --output=' | *' --output' | *' -o') echo 'words table wide json jsonl csv name toml curl dot mermaid' ;;
    *' --color=' | *' --color') echo 'words auto always never' ;;
    *' --progress=' | *' --progress') echo 'words auto plain json none' ;;
    *' --timeout=' | *' --timeout') echo 'other' ;;
    *' --retries=' | *' --retries') echo 'other' ;;
    *' --trace-http=') echo 'file' ;;
    *' --log-file=' | *' --log-file') echo 'file' ;;
    *' --log-format=' | *' --log-format') echo 'words text json' ;;
  esac
}

# What an argument of command $1 is.
__matview_argument() {
  case $1 in
    '') echo 'words create refresh status list show drop watch suspend resume apply diff validate wait cancel graph query history explain verify gc profile doctor completion help version' ;;
    profile) echo 'words list show use' ;;
    'refresh') echo 'selector' ;;
    'status') echo 'selector' ;;
    'list') echo 'selector' ;;
    'show') echo 'view' ;;
    'drop') echo 'view' ;;
    'watch') echo 'selector' ;;
    'suspend') echo 'selector' ;;
    'resume') echo 'selector' ;;
    'apply') echo 'file' ;;
    'diff') echo 'selector' ;;
    'wait') echo 'job' ;;
    'cancel') echo 'job' ;;
    'graph') echo 'selector' ;;
    'history') echo 'view' ;;
    'explain') echo 'view' ;;
    'verify') echo 'selector' ;;
    'profile show') echo 'profile' ;;
    'profile use') echo 'profile' ;;
    'completion') echo 'words bash zsh fish' ;;
    'help') echo 'words exit-codes environment config views-file selectors errors json reasons schedules udtf create refresh status list show drop watch suspend resume apply diff validate wait cancel graph query history explain verify gc profile doctor completion help version' ;;
  esac
}

# The command once word $2 has followed $1: a group takes one word more.
__matview_next() {
  case $1 in
    '') echo "$2" ;;
    profile) echo "$1 $2" ;;
    *) echo "$1" ;;
  esac
}

# The names of kind $1 that there are for the word $2, which matview answers in a moment or not at all.
__matview_names() {
  local name remark
  while IFS=$'\t' read -r name remark; do
    printf '%s\n' "$name"
  done < <("${program/#\~\//$HOME/}" __complete "$1" "${passed[@]}" -- "$2" </dev/null 2>/dev/null)
}

# Offers those lines of stdin that begin with $1, each with $2 before it. One that ends with ':' goes on.
__matview_offer() {
  local name quoted
  while IFS= read -r name; do
    [[ $name == "$1"* ]] || continue
    printf -v quoted %q "$name"
    COMPREPLY+=("$2$quoted")
    [[ $name == *: ]] && compopt -o nospace
  done
}

# Offers what a value of kind $1 can be for what was typed, $2; $3 stands before it in the same word.
__matview_reply() {
  local kind=${1%% *} words=${1#* } name
  case $kind in
    words) __matview_offer "$2" "$3" < <(printf '%s\n' $words) ;;
    list)
      local last=${2##*,}
      __matview_offer "$last" "$3${2%"$last"}" < <(printf '%s\n' $words)
      compopt -o nospace
      ;;
    file)
      compopt -o filenames
      while IFS= read -r name; do COMPREPLY+=("$3$name"); done < <(compgen -f -- "$2")
      ;;
    view | selector | profile | job | tag) __matview_offer "$2" "$3" < <(__matview_names "$kind" "$2") ;;
  esac
}

# Splits $1 as a shell does. COMP_WORDS is broken at '=' and ':', which both belong to our words.
# Sets `words`, without their quotes, and `quote` to the one that is still open.
__matview_split() {
  local word='' started='' char i
  words=() quote=
  for ((i = 0; i < ${#1}; i++)); do
    char=${1:i:1}
    if [[ $quote ]]; then
      if [[ $char == "$quote" ]]; then quote=; else word+=$char; fi
      continue
    fi
    case $char in
      [[:space:]])
        [[ $started ]] && words+=("$word")
        word='' started=
        continue
        ;;
      \\)
        ((++i))
        word+=${1:i:1}
        ;;
      [\'\"]) quote=$char ;;
      *) word+=$char ;;
    esac
    started=1
  done
  words+=("$word")
}

_matview() {
  local program=${COMP_WORDS[0]} IFS=$' \t\n'
  local words=() passed=() quote='' command='' pending='' only_words='' word i
  COMPREPLY=()
  __matview_split "${COMP_LINE:0:COMP_POINT}"
  local cur=${words[${#words[@]} - 1]}

  for ((i = 1; i < ${#words[@]} - 1; i++)); do
    word=${words[i]}
    if [[ $pending ]]; then
      case $pending in -P | --profile | --config) passed+=("$pending" "$word") ;; esac
      pending=
    elif [[ $word == -* && ! $only_words ]]; then
      case $word in
        --) only_words=1 ;;
        --profile=* | --config=*) passed+=("$word") ;;
        *) [[ $(__matview_value "$command" "$word") ]] && pending=$word ;;
      esac
    else
      command=$(__matview_next "$command" "$word")
    fi
  done

  if [[ $pending ]]; then
    __matview_reply "$(__matview_value "$command" "$pending")" "$cur" ''
  elif [[ $cur == --*=* && ! $only_words ]]; then
    local before=${cur%%=*}=
    [[ $COMP_WORDBREAKS == *=* ]] && before=
    __matview_reply "$(__matview_value "$command" "${cur%%=*}=")" "${cur#*=}" "$before"
  elif [[ $cur == -* && ! $only_words ]]; then
    __matview_offer "$cur" '' < <(__matview_options "$command")
  else
    __matview_reply "$(__matview_argument "$command")" "$cur" ''
  fi

  # What bash replaces begins after the last ':' of the word.
  if [[ $cur == *:* && ! $quote && $COMP_WORDBREAKS == *:* ]]; then
    local before=${cur%"${cur##*:}"}
    for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]=${COMPREPLY[i]#"$before"}; done
  fi
  # Inside quotes nothing needs a backslash.
  if [[ $quote ]]; then
    for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]=${COMPREPLY[i]//\\/}; done
  fi
}

complete -F _matview matview
