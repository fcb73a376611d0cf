# shellcheck shell=bash
# Fills in templates (nginx/, deploy/host/): each @name@ stands for ${values[name]}.

declare -gA values

# Prints the template $1 filled in. A name that `values` does not have is a failure. A value may hold anything; each of its
# lines begins as far to the right as the line in which its name stands, and a line of empty values alone goes.
fill_in_file() {
    local line rest filled name indentation
    while IFS= read -r line || [[ -n $line ]]; do
        rest=$line filled="" indentation=${line%%[![:space:]]*}
        while [[ $rest =~ @([a-z][A-Za-z0-9]*)@ ]]; do
            name=${BASH_REMATCH[1]}
            [[ -v values[$name] ]] || fail "${1##*/}: nothing is known of @$name@"
            filled+=${rest%%"@$name@"*}${values[$name]//$'\n'/$'\n'"$indentation"}
            rest=${rest#*"@$name@"}
        done
        filled+=$rest
        if [[ $filled != "$line" && $filled != *[![:space:]]* ]]; then continue; fi
        printf '%s\n' "$filled"
    done <"$1"
}
