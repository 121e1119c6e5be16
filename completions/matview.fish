# Completion of matview for fish. Made by 'matview completion fish' from the table of its options: do not edit.

complete -c matview -e
complete -c matview -f

set -g __matview_valued --profile -P --config --output -o --color --progress --timeout --retries --log-file --log-format --query --query-file --kind --tag --attach --base-dir --refresh-mode --keep-sources --retain --retain-for --timezone --schedule --threads --memory-limit --udtf --udtf-command --udtf-format --output-schema --output-schema-file --udtf-name --udtf-version --udtf-input-columns --udtf-partition-by --udtf-num-cpus --udtf-memory --udtf-timeout --udtf-max-output --udtf-error-handling --concurrency --intra-applier-concurrency --source-task-size --max-rows-per-fragment --output-limit --tml --tml-text --connection --columns --query-id --performance --expires-at --max-credits --udtf-sha --udtf-partition-by-indexed-column --udtf-num-gpus --udtf-manifest --udtf-manifest-checksum --delimiter --header --unique-index --tablespace --using --storage --exclude --jobs --results --if-locked --lock-timeout --jitter --fields --report --metrics-file --src-version --if-running --cluster --manifest --set --concurrently --job --namespace --interval --file -f --allow-drop --out --version --limit --grace
set -g __matview_groups profile

# The command before the cursor, as "create" or "profile list"; empty where none stands there yet.
function __matview_command
    set -l words (commandline -opc)
    set -l command
    set -l pending 0
    for word in $words[2..]
        if test $pending = 1
            set pending 0
        else if contains -- $word $__matview_valued
            set pending 1
        else if not string match -q -- '-*' $word
            set -a command $word
            if not contains -- "$command" $__matview_groups
                break
            end
        end
    end
    echo "$command"
end

function __matview_in
    test (__matview_command) = "$argv"
end

# The names of a kind, which matview answers in a moment or not at all, in the profile that the line chooses.
function __matview_names
    set -l words (commandline -opc)
    set -l program (string replace -r '^~/' $HOME/ -- $words[1])
    set -l passed
    set -l pending 0
    for word in $words[2..]
        if test $pending = 1
            set -a passed $word
            set pending 0
        else if contains -- $word -P --profile --config
            set -a passed $word
            set pending 1
        else if string match -q -r -- '^--(profile|config)=' $word
            set -a passed $word
        end
    end
    set -l word (string replace -r '^--[a-z-]+=' '' -- (commandline -ct))
    $program __complete $argv $passed -- $word </dev/null 2>/dev/null
end

complete -c matview -s P -l profile -x -a '(__matview_names profile)' -d 'the profile that names without PROFILE: belong to'
complete -c matview -l config -r -F -d 'read this configuration file instead of the user\'s'
complete -c matview -s o -l output -x -a 'table wide json jsonl csv name toml curl dot mermaid' -d 'how the result is printed; toml of show and list, curl with --dry-run, dot and mermaid of a graph'
complete -c matview -s q -l quiet -d 'print nothing but errors'
complete -c matview -s v -l verbose -d 'say more about what is done; more of it when repeated'
complete -c matview -l color -x -a 'auto always never' -d 'colour on a terminal'
complete -c matview -l progress -x -a 'auto plain json none' -d 'how progress is shown on stderr'
complete -c matview -s n -l dry-run -d 'say what would be done and change nothing'
complete -c matview -l timeout -x -d 'give up after so long, as 90s, 15m or 2h'
complete -c matview -l retries -x -d 'how often a remote request is tried again'
complete -c matview -l trace-http -d 'write remote requests, without secrets, to stderr or FILE'
complete -c matview -l log-file -r -F -d 'append what happens to FILE, line by line; also under --quiet'
complete -c matview -l log-format -x -a 'text json' -d 'how the log is written'
complete -c matview -l no-input -d 'never ask'
complete -c matview -s y -l yes -d 'answer every question with yes'
complete -c matview -s h -l help -d 'show help'
complete -c matview -l version -d 'show the version'

complete -c matview -n "__matview_in ''" -a create -d 'define a view'
complete -c matview -n "__matview_in ''" -a refresh -d 'bring the rows of views up to date'
complete -c matview -n "__matview_in ''" -a status -d 'tell how fresh views are and what changed since'
complete -c matview -n "__matview_in ''" -a list -d 'list the views of a profile'
complete -c matview -n "__matview_in ''" -a show -d 'tell all that is known of a view'
complete -c matview -n "__matview_in ''" -a drop -d 'remove a view and its rows'
complete -c matview -n "__matview_in ''" -a watch -d 'refresh views when they are due, until stopped'
complete -c matview -n "__matview_in ''" -a suspend -d 'take views out of refreshes that nobody asks for by name'
complete -c matview -n "__matview_in ''" -a resume -d 'let suspended views be refreshed again'
complete -c matview -n "__matview_in ''" -a apply -d 'make views as a views file has them'
complete -c matview -n "__matview_in ''" -a diff -d 'tell what a views file would change'
complete -c matview -n "__matview_in ''" -a validate -d 'check a views file without any backend'
complete -c matview -n "__matview_in ''" -a wait -d 'wait until jobs that were submitted earlier have ended'
complete -c matview -n "__matview_in ''" -a cancel -d 'end jobs that run at a backend'
complete -c matview -n "__matview_in ''" -a graph -d 'show what reads from what'
complete -c matview -n "__matview_in ''" -a query -d 'read views as tables'
complete -c matview -n "__matview_in ''" -a history -d 'list past jobs, newest first'
complete -c matview -n "__matview_in ''" -a explain -d 'tell how a view would be refreshed, and why'
complete -c matview -n "__matview_in ''" -a verify -d 'recompute views and compare with what is stored'
complete -c matview -n "__matview_in ''" -a gc -d 'remove expired versions and orphan files'
complete -c matview -n "__matview_in ''" -a profile -d 'profile commands'
complete -c matview -n "__matview_in ''" -a doctor -d 'look for what would keep commands from working'
complete -c matview -n "__matview_in ''" -a completion -d 'print the script that completes matview in a shell'
complete -c matview -n "__matview_in ''" -a help -d 'tell about a command or a topic'
complete -c matview -n "__matview_in ''" -a version -d 'tell the version of matview'

complete -c matview -n "__matview_in 'profile'" -a list -d 'list the configured profiles'
complete -c matview -n "__matview_in 'profile'" -a show -d 'show a profile, every value with its origin'
complete -c matview -n "__matview_in 'profile'" -a use -d 'make a profile the default'

complete -c matview -n '__matview_in create' -l query -x -d 'the SELECT that the view holds the rows of'
complete -c matview -n '__matview_in create' -l query-file -r -F -d 'read the SELECT from FILE; \'-\' is stdin'
complete -c matview -n '__matview_in create' -l kind -x -a 'query udtf chunker scalar_udtf' -d 'what the view is made by'
complete -c matview -n '__matview_in create' -l with-data -d 'fill it at once'
complete -c matview -n '__matview_in create' -l no-data -d 'only define it, which is the default where the backend has a choice'
complete -c matview -n '__matview_in create' -l if-not-exists -d 'leave a view of that name as it is'
complete -c matview -n '__matview_in create' -l replace -d 'change the definition of a view of that name'
complete -c matview -n '__matview_in create' -l tag -x -a '(__matview_names tag)' -d 'a word to select the view by'
complete -c matview -n '__matview_in create' -l no-wait -d 'do not wait until the backend has filled it'
complete -c matview -n '__matview_in create' -l cancel-on-timeout -d 'at the end of --timeout, cancel the job as well'
complete -c matview -n '__matview_in create' -l attach -x -d 'Read tables of a DuckDB file, or of a DuckLake (ALIAS=ducklake:CATALOG), under this name'
complete -c matview -n '__matview_in create' -l base-dir -x -d 'Directory from which relative paths of the query count'
complete -c matview -n '__matview_in create' -l refresh-mode -x -a 'auto incremental strict full' -d 'How refreshes are done (default auto)'
complete -c matview -n '__matview_in create' -l keep-sources -x -a 'link copy off' -d 'How files that are read are kept to tell their old rows (default link)'
complete -c matview -n '__matview_in create' -l retain -x -d 'Keep at most N versions (default 10)'
complete -c matview -n '__matview_in create' -l retain-for -x -d 'Keep no version that was superseded longer ago than this'
complete -c matview -n '__matview_in create' -l timezone -x -d 'Time zone of the query and of the schedule (default UTC)'
complete -c matview -n '__matview_in create' -l schedule -x -d 'When refresh --due is to refresh it: five fields as in crontab, or @daily'
complete -c matview -n '__matview_in create' -l auto-refresh -d 'Let refresh --auto refresh it when its sources have changed enough'
complete -c matview -n '__matview_in create' -l threads -x -d 'Threads to use (default: up to all)'
complete -c matview -n '__matview_in create' -l memory-limit -x -d 'Memory to use before spilling, as 4GB (default: 70 % of the machine)'
complete -c matview -n '__matview_in create' -l udtf -r -F -d 'The program of a udtf or chunker: an executable file'
complete -c matview -n '__matview_in create' -l udtf-command -x -d 'The program with its arguments, as a JSON array'
complete -c matview -n '__matview_in create' -l udtf-format -x -a 'ndjson csv' -d 'What the program reads and writes (default ndjson)'
complete -c matview -n '__matview_in create' -l output-schema -x -d 'Columns that the program returns, as \'id BIGINT, chunk VARCHAR\''
complete -c matview -n '__matview_in create' -l output-schema-file -r -F -d 'The same from a file'
complete -c matview -n '__matview_in create' -l udtf-name -x -d 'Name of the program in messages (default: the file\'s)'
complete -c matview -n '__matview_in create' -l udtf-version -x -d 'A word of your own; another one makes the view stale'
complete -c matview -n '__matview_in create' -l udtf-input-columns -x -d 'Columns of the query that the program is given (default: all)'
complete -c matview -n '__matview_in create' -l udtf-partition-by -x -d 'udtf: a process of its own for each value of these columns'
complete -c matview -n '__matview_in create' -l udtf-num-cpus -x -d 'CPUs that each process may use'
complete -c matview -n '__matview_in create' -l udtf-memory -x -d 'Memory that each process may take, as 512MB or 4GiB'
complete -c matview -n '__matview_in create' -l udtf-timeout -x -d 'Time that each process may take'
complete -c matview -n '__matview_in create' -l udtf-max-output -x -d 'Bytes that each process may write (default 4GiB)'
complete -c matview -n '__matview_in create' -l udtf-error-handling -x -d 'fail (default), or skip_rows[:MAX] to leave wrong rows out'
complete -c matview -n '__matview_in create' -l udtf-batch -d 'chunker: one process for many source rows (default)'
complete -c matview -n '__matview_in create' -l udtf-no-batch -d 'chunker: a process of its own for each source row'
complete -c matview -n '__matview_in create' -l concurrency -x -d 'Processes of the program at once (default: as many as there are CPUs for)'
complete -c matview -n '__matview_in create' -l intra-applier-concurrency -x -d 'Threads for each process, told to it in MATVIEW_THREADS (default 1)'
complete -c matview -n '__matview_in create' -l source-task-size -x -d 'chunker: source rows that one process is given at most'
complete -c matview -n '__matview_in create' -l max-rows-per-fragment -x -d 'udtf, chunker: rows in a data file at most'
complete -c matview -n '__matview_in create' -l output-limit -x -d 'chunker: rows the view has at most'
complete -c matview -n '__matview_in create' -l tml -r -F -d 'Create the view that this TML (YAML or JSON) describes'
complete -c matview -n '__matview_in create' -l tml-text -x -d 'The same, the TML itself; for views files'
complete -c matview -n '__matview_in create' -l connection -x -d 'Connection on which the query of an SQL view runs: its name or GUID'
complete -c matview -n '__matview_in create' -l columns -x -d 'Columns of an SQL view; TYPE is attribute or measure'
complete -c matview -n '__matview_in create' -l remote -d 'With --dry-run: have the server validate the definition'
complete -c matview -n '__matview_in create' -l query-id -x -d 'Saved query to make the view from; with --query its SQL is changed'
complete -c matview -n '__matview_in create' -l performance -x -a 'small medium large' -d 'Size of the engine that runs the query'
complete -c matview -n '__matview_in create' -l no-schedule -d 'Take the schedule away'
complete -c matview -n '__matview_in create' -l expires-at -x -d 'When the schedule ends, as 2027-01-31T00:00:00Z'
complete -c matview -n '__matview_in create' -l private -d 'Let only the account itself see the view'
complete -c matview -n '__matview_in create' -l public -d 'Let everybody see the view (default)'
complete -c matview -n '__matview_in create' -l max-credits -x -d 'Start nothing unless N credits are left in the billing period'
complete -c matview -n '__matview_in create' -l udtf-sha -x -d 'Checksum of the function (default: computed)'
complete -c matview -n '__matview_in create' -l udtf-partition-by-indexed-column -x -d 'udtf: take the partitions of this field\'s vector index'
complete -c matview -n '__matview_in create' -l udtf-num-gpus -x -d 'GPUs for each worker'
complete -c matview -n '__matview_in create' -l udtf-manifest -x -d 'Manifest of the workers\' environment'
complete -c matview -n '__matview_in create' -l udtf-manifest-checksum -x -d 'Checksum of the manifest (default: its own)'
complete -c matview -n '__matview_in create' -l delimiter -x -d 'What separates the parts of a name (default \'$\')'
complete -c matview -n '__matview_in create' -l header -x -d 'Send this header as well'
complete -c matview -n '__matview_in create' -l unique-index -x -d 'make a unique index over these columns, so that it can be refreshed concurrently'
complete -c matview -n '__matview_in create' -l tablespace -x -d 'keep the rows in this tablespace'
complete -c matview -n '__matview_in create' -l using -x -d 'table access method of the rows'
complete -c matview -n '__matview_in create' -l storage -x -d 'a storage parameter of the view, as fillfactor=70'

complete -c matview -n '__matview_in refresh' -f -a '(__matview_names selector)'
complete -c matview -n '__matview_in refresh' -l all -d 'every view of the profile'
complete -c matview -n '__matview_in refresh' -l stale -d 'of these, the views that are stale or were never filled'
complete -c matview -n '__matview_in refresh' -l due -d 'of these, the views whose schedule has ticked since they were refreshed'
complete -c matview -n '__matview_in refresh' -l auto -d 'of these, the views that refresh themselves and whose sources have changed'
complete -c matview -n '__matview_in refresh' -l failed -d 'of these, the views that failed last, or that the last run did not do'
complete -c matview -n '__matview_in refresh' -l tag -x -a '(__matview_names tag)' -d 'of these, the views with this tag, or one of several'
complete -c matview -n '__matview_in refresh' -l exclude -x -a '(__matview_names selector)' -d 'but not the views of these names'
complete -c matview -n '__matview_in refresh' -l full -d 'recompute everything'
complete -c matview -n '__matview_in refresh' -l force -d 'refresh even what is fresh'
complete -c matview -n '__matview_in refresh' -l jobs -x -d 'so many views at once (1 in this process, up to 8 at services)'
complete -c matview -n '__matview_in refresh' -l fail-fast -d 'start nothing more once a view has failed'
complete -c matview -n '__matview_in refresh' -l results -r -F -d 'write what became of each view; with --failed, go on from what it says'
complete -c matview -n '__matview_in refresh' -l if-locked -x -a 'fail skip wait' -d 'what to do about a view that another process is refreshing (fail)'
complete -c matview -n '__matview_in refresh' -l lock-timeout -x -d 'wait so long for the other process, then do as --if-locked says'
complete -c matview -n '__matview_in refresh' -l jitter -x -d 'begin after a random time of up to so long'
complete -c matview -n '__matview_in refresh' -l verify -d 'recompute each view afterwards and compare; exit 1 if any differs'
complete -c matview -n '__matview_in refresh' -l wait -d 'wait until the job has ended, which is the default where that can be told'
complete -c matview -n '__matview_in refresh' -l no-wait -d 'print the id of the job and return'
complete -c matview -n '__matview_in refresh' -l cancel-on-timeout -d 'at the end of --timeout, cancel the job as well'
complete -c matview -n '__matview_in refresh' -l fields -x -a "(__fish_complete_list , 'string split \' \' \'id view profile provider operation state mode reason submitted_at started_at finished_at elapsed_seconds rows_total rows_added rows_removed version error native\'')" -d 'only these keys, separated by commas, in this order'
complete -c matview -n '__matview_in refresh' -l report -x -d 'junit=FILE writes JUnit XML; github annotates a workflow run'
complete -c matview -n '__matview_in refresh' -l metrics-file -r -F -d 'write Prometheus metrics of the views to FILE'
complete -c matview -n '__matview_in refresh' -l threads -x -d 'Threads to use (default: up to all)'
complete -c matview -n '__matview_in refresh' -l memory-limit -x -d 'Memory to use before spilling, as 4GB (default: 70 % of the machine)'
complete -c matview -n '__matview_in refresh' -l concurrency -x -d 'Processes of the program at once (default: as many as there are CPUs for)'
complete -c matview -n '__matview_in refresh' -l intra-applier-concurrency -x -d 'Threads for each process, told to it in MATVIEW_THREADS (default 1)'
complete -c matview -n '__matview_in refresh' -l source-task-size -x -d 'chunker: source rows that one process is given at most'
complete -c matview -n '__matview_in refresh' -l max-rows-per-fragment -x -d 'udtf, chunker: rows in a data file at most'
complete -c matview -n '__matview_in refresh' -l output-limit -x -d 'chunker: rows the view has at most'
complete -c matview -n '__matview_in refresh' -l src-version -x -d 'Version to read of the one view or DuckLake table the query reads (default: newest)'
complete -c matview -n '__matview_in refresh' -l allow-not-stale -d 'Take a view that is not stale, or not materialized, for a success'
complete -c matview -n '__matview_in refresh' -l performance -x -a 'small medium large' -d 'Size of the engine that runs the query'
complete -c matview -n '__matview_in refresh' -l if-running -x -a 'wait skip start' -d 'While a run is under way: wait for it, skip, or start another (default wait)'
complete -c matview -n '__matview_in refresh' -l max-credits -x -d 'Start nothing unless N credits are left in the billing period'
complete -c matview -n '__matview_in refresh' -l cluster -x -d 'Cluster to run on'
complete -c matview -n '__matview_in refresh' -l manifest -x -d 'Manifest for this refresh alone'
complete -c matview -n '__matview_in refresh' -l set -x -d 'Pass one more setting to the job; a server may ignore it'
complete -c matview -n '__matview_in refresh' -l delimiter -x -d 'What separates the parts of a name (default \'$\')'
complete -c matview -n '__matview_in refresh' -l header -x -d 'Send this header as well'
complete -c matview -n '__matview_in refresh' -l concurrently -x -a 'auto always never' -d 'refresh without holding up readers, where a unique index allows it'

complete -c matview -n '__matview_in status' -f -a '(__matview_names selector)'
complete -c matview -n '__matview_in status' -l all -d 'every view of the profile'
complete -c matview -n '__matview_in status' -l stale -d 'of these, the views that are stale or were never filled'
complete -c matview -n '__matview_in status' -l due -d 'of these, the views whose schedule has ticked since they were refreshed'
complete -c matview -n '__matview_in status' -l auto -d 'of these, the views that refresh themselves and whose sources have changed'
complete -c matview -n '__matview_in status' -l failed -d 'of these, the views that failed last, or that the last run did not do'
complete -c matview -n '__matview_in status' -l tag -x -a '(__matview_names tag)' -d 'of these, the views with this tag, or one of several'
complete -c matview -n '__matview_in status' -l exclude -x -a '(__matview_names selector)' -d 'but not the views of these names'
complete -c matview -n '__matview_in status' -l all-profiles -d 'the views of every profile'
complete -c matview -n '__matview_in status' -l job -x -a '(__matview_names job)' -d 'tell of this job instead'
complete -c matview -n '__matview_in status' -l watch -d 'look again every so many seconds (2) until stopped'
complete -c matview -n '__matview_in status' -l exit-code -d 'exit with 5 if any of the views is stale or was never filled'
complete -c matview -n '__matview_in status' -l fields -x -a "(__fish_complete_list , 'string split \' \' \'name profile provider kind freshness state version rows bytes created_at refreshed_at refresh_mode refresh_reason schedule auto_refresh sources depends_on tags last_job definition native suspended suspended_reason next_refresh_at due\'')" -d 'only these keys, separated by commas, in this order'
complete -c matview -n '__matview_in status' -l report -x -d 'junit=FILE writes JUnit XML; github annotates a workflow run'
complete -c matview -n '__matview_in status' -l metrics-file -r -F -d 'write Prometheus metrics of the views to FILE'
complete -c matview -n '__matview_in status' -l delimiter -x -d 'What separates the parts of a name (default \'$\')'
complete -c matview -n '__matview_in status' -l header -x -d 'Send this header as well'

complete -c matview -n '__matview_in list' -f -a '(__matview_names selector)'
complete -c matview -n '__matview_in list' -l all -d 'every view of the profile'
complete -c matview -n '__matview_in list' -l stale -d 'of these, the views that are stale or were never filled'
complete -c matview -n '__matview_in list' -l due -d 'of these, the views whose schedule has ticked since they were refreshed'
complete -c matview -n '__matview_in list' -l auto -d 'of these, the views that refresh themselves and whose sources have changed'
complete -c matview -n '__matview_in list' -l failed -d 'of these, the views that failed last, or that the last run did not do'
complete -c matview -n '__matview_in list' -l tag -x -a '(__matview_names tag)' -d 'of these, the views with this tag, or one of several'
complete -c matview -n '__matview_in list' -l exclude -x -a '(__matview_names selector)' -d 'but not the views of these names'
complete -c matview -n '__matview_in list' -l all-profiles -d 'the views of every profile'
complete -c matview -n '__matview_in list' -l details -d 'ask for each view by itself too, where a list of the backend does not tell all'
complete -c matview -n '__matview_in list' -l fields -x -a "(__fish_complete_list , 'string split \' \' \'name profile provider kind freshness state version rows bytes created_at refreshed_at refresh_mode refresh_reason schedule auto_refresh sources depends_on tags last_job definition native suspended suspended_reason next_refresh_at due\'')" -d 'only these keys, separated by commas, in this order'
complete -c matview -n '__matview_in list' -l namespace -x -d 'List the views of this namespace'
complete -c matview -n '__matview_in list' -l all-namespaces -d 'List the views of all namespaces'
complete -c matview -n '__matview_in list' -l all-tables -d 'List tables that are no views as well'
complete -c matview -n '__matview_in list' -l delimiter -x -d 'What separates the parts of a name (default \'$\')'
complete -c matview -n '__matview_in list' -l header -x -d 'Send this header as well'

complete -c matview -n '__matview_in show' -f -a '(__matview_names view)'
complete -c matview -n '__matview_in show' -l delimiter -x -d 'What separates the parts of a name (default \'$\')'
complete -c matview -n '__matview_in show' -l header -x -d 'Send this header as well'

complete -c matview -n '__matview_in drop' -f -a '(__matview_names view)'
complete -c matview -n '__matview_in drop' -l if-exists -d 'no error if there is no such view'
complete -c matview -n '__matview_in drop' -l force -d 'Drop the view although other objects read from it'
complete -c matview -n '__matview_in drop' -l any-table -d 'Drop it although it may be no view'
complete -c matview -n '__matview_in drop' -l delimiter -x -d 'What separates the parts of a name (default \'$\')'
complete -c matview -n '__matview_in drop' -l header -x -d 'Send this header as well'

complete -c matview -n '__matview_in watch' -f -a '(__matview_names selector)'
complete -c matview -n '__matview_in watch' -l all -d 'every view of the profile'
complete -c matview -n '__matview_in watch' -l stale -d 'of these, the views that are stale or were never filled'
complete -c matview -n '__matview_in watch' -l due -d 'of these, the views whose schedule has ticked since they were refreshed'
complete -c matview -n '__matview_in watch' -l auto -d 'of these, the views that refresh themselves and whose sources have changed'
complete -c matview -n '__matview_in watch' -l failed -d 'of these, the views that failed last, or that the last run did not do'
complete -c matview -n '__matview_in watch' -l tag -x -a '(__matview_names tag)' -d 'of these, the views with this tag, or one of several'
complete -c matview -n '__matview_in watch' -l exclude -x -a '(__matview_names selector)' -d 'but not the views of these names'
complete -c matview -n '__matview_in watch' -l interval -x -d 'look at what has changed at least this often (default 1m)'
complete -c matview -n '__matview_in watch' -l jobs -x -d 'so many views at once (1 in this process, up to 8 at services)'
complete -c matview -n '__matview_in watch' -l metrics-file -r -F -d 'write Prometheus metrics of the views to FILE'
complete -c matview -n '__matview_in watch' -l threads -x -d 'Threads to use (default: up to all)'
complete -c matview -n '__matview_in watch' -l memory-limit -x -d 'Memory to use before spilling, as 4GB (default: 70 % of the machine)'
complete -c matview -n '__matview_in watch' -l concurrency -x -d 'Processes of the program at once (default: as many as there are CPUs for)'
complete -c matview -n '__matview_in watch' -l intra-applier-concurrency -x -d 'Threads for each process, told to it in MATVIEW_THREADS (default 1)'
complete -c matview -n '__matview_in watch' -l source-task-size -x -d 'chunker: source rows that one process is given at most'
complete -c matview -n '__matview_in watch' -l max-rows-per-fragment -x -d 'udtf, chunker: rows in a data file at most'
complete -c matview -n '__matview_in watch' -l output-limit -x -d 'chunker: rows the view has at most'
complete -c matview -n '__matview_in watch' -l src-version -x -d 'Version to read of the one view or DuckLake table the query reads (default: newest)'
complete -c matview -n '__matview_in watch' -l allow-not-stale -d 'Take a view that is not stale, or not materialized, for a success'
complete -c matview -n '__matview_in watch' -l performance -x -a 'small medium large' -d 'Size of the engine that runs the query'
complete -c matview -n '__matview_in watch' -l if-running -x -a 'wait skip start' -d 'While a run is under way: wait for it, skip, or start another (default wait)'
complete -c matview -n '__matview_in watch' -l max-credits -x -d 'Start nothing unless N credits are left in the billing period'
complete -c matview -n '__matview_in watch' -l cluster -x -d 'Cluster to run on'
complete -c matview -n '__matview_in watch' -l manifest -x -d 'Manifest for this refresh alone'
complete -c matview -n '__matview_in watch' -l set -x -d 'Pass one more setting to the job; a server may ignore it'
complete -c matview -n '__matview_in watch' -l delimiter -x -d 'What separates the parts of a name (default \'$\')'
complete -c matview -n '__matview_in watch' -l header -x -d 'Send this header as well'
complete -c matview -n '__matview_in watch' -l concurrently -x -a 'auto always never' -d 'refresh without holding up readers, where a unique index allows it'

complete -c matview -n '__matview_in suspend' -f -a '(__matview_names selector)'
complete -c matview -n '__matview_in suspend' -l all -d 'every view of the profile'
complete -c matview -n '__matview_in suspend' -l stale -d 'of these, the views that are stale or were never filled'
complete -c matview -n '__matview_in suspend' -l due -d 'of these, the views whose schedule has ticked since they were refreshed'
complete -c matview -n '__matview_in suspend' -l auto -d 'of these, the views that refresh themselves and whose sources have changed'
complete -c matview -n '__matview_in suspend' -l failed -d 'of these, the views that failed last, or that the last run did not do'
complete -c matview -n '__matview_in suspend' -l tag -x -a '(__matview_names tag)' -d 'of these, the views with this tag, or one of several'
complete -c matview -n '__matview_in suspend' -l exclude -x -a '(__matview_names selector)' -d 'but not the views of these names'

complete -c matview -n '__matview_in resume' -f -a '(__matview_names selector)'
complete -c matview -n '__matview_in resume' -l all -d 'every view of the profile'
complete -c matview -n '__matview_in resume' -l stale -d 'of these, the views that are stale or were never filled'
complete -c matview -n '__matview_in resume' -l due -d 'of these, the views whose schedule has ticked since they were refreshed'
complete -c matview -n '__matview_in resume' -l auto -d 'of these, the views that refresh themselves and whose sources have changed'
complete -c matview -n '__matview_in resume' -l failed -d 'of these, the views that failed last, or that the last run did not do'
complete -c matview -n '__matview_in resume' -l tag -x -a '(__matview_names tag)' -d 'of these, the views with this tag, or one of several'
complete -c matview -n '__matview_in resume' -l exclude -x -a '(__matview_names selector)' -d 'but not the views of these names'

complete -c matview -n '__matview_in apply' -F
complete -c matview -n '__matview_in apply' -s f -l file -r -F -d 'the views file; see \'matview help views-file\''
complete -c matview -n '__matview_in apply' -l prune -d 'views that are not in the file are to go, of the profiles that the file names'
complete -c matview -n '__matview_in apply' -l allow-drop -x -a '(__matview_names selector)' -d 'agree to drop views of these names'
complete -c matview -n '__matview_in apply' -l no-wait -d 'do not wait until a backend has filled new views'
complete -c matview -n '__matview_in apply' -l cancel-on-timeout -d 'at the end of --timeout, cancel the job as well'
complete -c matview -n '__matview_in apply' -l report -x -d 'junit=FILE writes JUnit XML; github annotates a workflow run'

complete -c matview -n '__matview_in diff' -f -a '(__matview_names selector)'
complete -c matview -n '__matview_in diff' -s f -l file -r -F -d 'the views file; see \'matview help views-file\''
complete -c matview -n '__matview_in diff' -l prune -d 'views that are not in the file are to go, of the profiles that the file names'
complete -c matview -n '__matview_in diff' -l exit-code -d 'exit 5 if anything differs'
complete -c matview -n '__matview_in diff' -l out -r -F -d 'save what was found, to be carried out by \'apply PLAN\''

complete -c matview -n '__matview_in validate' -s f -l file -r -F -d 'the views file; see \'matview help views-file\''

complete -c matview -n '__matview_in wait' -f -a '(__matview_names job)'
complete -c matview -n '__matview_in wait' -l cancel-on-timeout -d 'at the end of --timeout, cancel the job as well'
complete -c matview -n '__matview_in wait' -l fields -x -a "(__fish_complete_list , 'string split \' \' \'id view profile provider operation state mode reason submitted_at started_at finished_at elapsed_seconds rows_total rows_added rows_removed version error native\'')" -d 'only these keys, separated by commas, in this order'

complete -c matview -n '__matview_in cancel' -f -a '(__matview_names job)'
complete -c matview -n '__matview_in cancel' -l fields -x -a "(__fish_complete_list , 'string split \' \' \'id view profile provider operation state mode reason submitted_at started_at finished_at elapsed_seconds rows_total rows_added rows_removed version error native\'')" -d 'only these keys, separated by commas, in this order'

complete -c matview -n '__matview_in graph' -f -a '(__matview_names selector)'
complete -c matview -n '__matview_in graph' -l all -d 'every view of the profile'
complete -c matview -n '__matview_in graph' -l stale -d 'of these, the views that are stale or were never filled'
complete -c matview -n '__matview_in graph' -l due -d 'of these, the views whose schedule has ticked since they were refreshed'
complete -c matview -n '__matview_in graph' -l auto -d 'of these, the views that refresh themselves and whose sources have changed'
complete -c matview -n '__matview_in graph' -l failed -d 'of these, the views that failed last, or that the last run did not do'
complete -c matview -n '__matview_in graph' -l tag -x -a '(__matview_names tag)' -d 'of these, the views with this tag, or one of several'
complete -c matview -n '__matview_in graph' -l exclude -x -a '(__matview_names selector)' -d 'but not the views of these names'
complete -c matview -n '__matview_in graph' -l all-profiles -d 'the views of every profile'

complete -c matview -n '__matview_in query' -l query-file -r -F -d 'read the SQL from FILE; \'-\' is stdin'
complete -c matview -n '__matview_in query' -l version -x -d 'read this version of the one view in the query'
complete -c matview -n '__matview_in query' -l attach -x -d 'Read tables of a DuckDB file, or of a DuckLake (ALIAS=ducklake:CATALOG), under this name'
complete -c matview -n '__matview_in query' -l base-dir -x -d 'Directory from which relative paths of the query count'
complete -c matview -n '__matview_in query' -l threads -x -d 'Threads to use (default: up to all)'
complete -c matview -n '__matview_in query' -l memory-limit -x -d 'Memory to use before spilling, as 4GB (default: 70 % of the machine)'

complete -c matview -n '__matview_in history' -f -a '(__matview_names view)'
complete -c matview -n '__matview_in history' -l limit -x -d 'at most so many (20)'
complete -c matview -n '__matview_in history' -l fields -x -a "(__fish_complete_list , 'string split \' \' \'id view profile provider operation state mode reason submitted_at started_at finished_at elapsed_seconds rows_total rows_added rows_removed version error native\'')" -d 'only these keys, separated by commas, in this order'

complete -c matview -n '__matview_in explain' -f -a '(__matview_names view)'
complete -c matview -n '__matview_in explain' -l query -x -d 'explain this SELECT, before anything is created'
complete -c matview -n '__matview_in explain' -l query-file -r -F -d 'read the SELECT from FILE; \'-\' is stdin'
complete -c matview -n '__matview_in explain' -l sql -d 'show the SQL that computes the changes, as -o wide does'
complete -c matview -n '__matview_in explain' -l attach -x -d 'Read tables of a DuckDB file, or of a DuckLake (ALIAS=ducklake:CATALOG), under this name'
complete -c matview -n '__matview_in explain' -l base-dir -x -d 'Directory from which relative paths of the query count'
complete -c matview -n '__matview_in explain' -l refresh-mode -x -a 'auto incremental strict full' -d 'How refreshes are done (default auto)'
complete -c matview -n '__matview_in explain' -l timezone -x -d 'Time zone of the query and of the schedule (default UTC)'
complete -c matview -n '__matview_in explain' -l threads -x -d 'Threads to use (default: up to all)'
complete -c matview -n '__matview_in explain' -l memory-limit -x -d 'Memory to use before spilling, as 4GB (default: 70 % of the machine)'
complete -c matview -n '__matview_in explain' -l udtf -r -F -d 'The program of a udtf or chunker: an executable file'
complete -c matview -n '__matview_in explain' -l udtf-command -x -d 'The program with its arguments, as a JSON array'
complete -c matview -n '__matview_in explain' -l udtf-format -x -a 'ndjson csv' -d 'What the program reads and writes (default ndjson)'
complete -c matview -n '__matview_in explain' -l output-schema -x -d 'Columns that the program returns, as \'id BIGINT, chunk VARCHAR\''
complete -c matview -n '__matview_in explain' -l output-schema-file -r -F -d 'The same from a file'
complete -c matview -n '__matview_in explain' -l udtf-name -x -d 'Name of the program in messages (default: the file\'s)'
complete -c matview -n '__matview_in explain' -l udtf-version -x -d 'A word of your own; another one makes the view stale'
complete -c matview -n '__matview_in explain' -l udtf-input-columns -x -d 'Columns of the query that the program is given (default: all)'
complete -c matview -n '__matview_in explain' -l udtf-partition-by -x -d 'udtf: a process of its own for each value of these columns'
complete -c matview -n '__matview_in explain' -l udtf-num-cpus -x -d 'CPUs that each process may use'
complete -c matview -n '__matview_in explain' -l udtf-memory -x -d 'Memory that each process may take, as 512MB or 4GiB'
complete -c matview -n '__matview_in explain' -l udtf-timeout -x -d 'Time that each process may take'
complete -c matview -n '__matview_in explain' -l udtf-max-output -x -d 'Bytes that each process may write (default 4GiB)'
complete -c matview -n '__matview_in explain' -l udtf-error-handling -x -d 'fail (default), or skip_rows[:MAX] to leave wrong rows out'
complete -c matview -n '__matview_in explain' -l udtf-batch -d 'chunker: one process for many source rows (default)'
complete -c matview -n '__matview_in explain' -l udtf-no-batch -d 'chunker: a process of its own for each source row'
complete -c matview -n '__matview_in explain' -l concurrency -x -d 'Processes of the program at once (default: as many as there are CPUs for)'
complete -c matview -n '__matview_in explain' -l intra-applier-concurrency -x -d 'Threads for each process, told to it in MATVIEW_THREADS (default 1)'
complete -c matview -n '__matview_in explain' -l source-task-size -x -d 'chunker: source rows that one process is given at most'
complete -c matview -n '__matview_in explain' -l max-rows-per-fragment -x -d 'udtf, chunker: rows in a data file at most'
complete -c matview -n '__matview_in explain' -l output-limit -x -d 'chunker: rows the view has at most'

complete -c matview -n '__matview_in verify' -f -a '(__matview_names selector)'
complete -c matview -n '__matview_in verify' -l all -d 'every view of the profile'
complete -c matview -n '__matview_in verify' -l stale -d 'of these, the views that are stale or were never filled'
complete -c matview -n '__matview_in verify' -l due -d 'of these, the views whose schedule has ticked since they were refreshed'
complete -c matview -n '__matview_in verify' -l auto -d 'of these, the views that refresh themselves and whose sources have changed'
complete -c matview -n '__matview_in verify' -l failed -d 'of these, the views that failed last, or that the last run did not do'
complete -c matview -n '__matview_in verify' -l tag -x -a '(__matview_names tag)' -d 'of these, the views with this tag, or one of several'
complete -c matview -n '__matview_in verify' -l exclude -x -a '(__matview_names selector)' -d 'but not the views of these names'
complete -c matview -n '__matview_in verify' -l jobs -x -d 'so many views at once (1 in this process, up to 8 at services)'
complete -c matview -n '__matview_in verify' -l report -x -d 'junit=FILE writes JUnit XML; github annotates a workflow run'
complete -c matview -n '__matview_in verify' -l threads -x -d 'Threads to use (default: up to all)'
complete -c matview -n '__matview_in verify' -l memory-limit -x -d 'Memory to use before spilling, as 4GB (default: 70 % of the machine)'

complete -c matview -n '__matview_in gc' -l grace -x -d 'keep what was unused for less than this'


complete -c matview -n '__matview_in profile show' -f -a '(__matview_names profile)'

complete -c matview -n '__matview_in profile use' -f -a '(__matview_names profile)'

complete -c matview -n '__matview_in doctor' -l all-profiles -d 'check every profile and not only the one in use'

complete -c matview -n '__matview_in completion' -f -a 'bash zsh fish'

complete -c matview -n '__matview_in help' -f -a 'exit-codes environment config views-file selectors errors json reasons schedules udtf create refresh status list show drop watch suspend resume apply diff validate wait cancel graph query history explain verify gc profile doctor completion help version'

