# fish completion for trustdrift.  The program itself says what may stand there
# (its command complete), with words about each.

function __trustdrift_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    for line in (eval command (string escape -- $program) complete -- (string escape -- $words $current) 2>/dev/null)
        if string match -q ':more' -- $line
            continue
        else if string match -q ':*' -- $line
            set -l told (string split ' ' -- $line)
            set -l head (string sub -l $told[2] -- $current)
            set -l name (string sub -s (math $told[2] + 1) -- $current)
            if test $told[1] = :directories
                string replace -r '^' -- "$head" (__fish_complete_directories $name '')
            else
                string replace -r '^' -- "$head" (__fish_complete_path $name '')
            end
        else
            echo $line
        end
    end
end

complete -c trustdrift -f -a '(__trustdrift_complete)'
