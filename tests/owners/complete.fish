# complete.fish LINE ... -- what the real fish would complete each line to.
for line in $argv
    echo "$line ->" (complete -C $line | string replace -r '\t.*' '')
end
