# POSIX sh, sent with every script that asks about the broker. What is Mosquitto's own: its command line, its log, its
# configuration and its password file. Another broker's file has functions with these names, which do the same. Set by
# the caller: name conf, as in host.sh. Where a function reads lines, these come in on its standard input, without CR.

# broker_names_conf: true if $cmd, the command line of a process without the NULs that part its arguments, is that of
# a broker that was told to read $conf.
broker_names_conf() {
  case $cmd in *"$name"*-c"$conf"*) ;; *) return 1 ;; esac
}

# broker_loaded: true if $lines, what the log has gained since the start of the process with the command line $cmd,
# says that it has read $conf, and is done.
broker_loaded() {
  case $lines in
    # Until 1.6.10 Mosquitto keeps all but this line in its buffer for seconds, and never says "running". It has read its
    # configuration by then, for it names this log; which file that was, its command line says.
    *"mosquitto version 1."[0-5]*" starting"* | *"mosquitto version 1.6 starting"* | \
      *"mosquitto version 1.6."?" starting"* | *"mosquitto version 1.6.10 starting"*)
      case $cmd in *-c"$conf"*) return 0 ;; *) return 1 ;; esac
      ;;
  esac
  # To the end of the line: another file's name may begin as this one's.
  case $lines in *"Config loaded from $conf.
"*) ;; *) return 1 ;; esac
  case $lines in *"version "*" running"*) ;; *) return 1 ;; esac
}

# broker_opened PORT: true if $lines, of the log, say that this port, a decimal number, was opened.
broker_opened() {
  case "$lines " in *"listen socket on port $1"[!0-9]*) ;; *) return 1 ;; esac
}

# broker_events: of a log that comes in, one line an event, in order: `start`; `up`, of a start that was a good one or
# has ended as it should; `error WORDS`, without the time before them.
broker_events() {
  sed -n '/version .* starting/p;/version .* running/p;/version .* terminating/p;/Error/p' | while read -r line; do
    case $line in
      *Error*) printf 'error %s\n' "$line" ;;
      *starting*) echo start ;;
      *) echo up ;;
    esac
  done | sed 's/^error [0-9]*: /error /'
}

# broker_version PROGRAM: the version that this program tells; nothing if it tells none.
broker_version() {
  "$1" -h 2>&1 | sed -n '1s/.*version \([^ ]*\).*/\1/p'
}

# broker_includes: of a configuration that comes in, the files that it includes, one a line. Of a folder that holds
# none, the pattern that finds none.
broker_includes() {
  sed -n 's/^ *include_dir  *//p' | head -n 8 | while read -r folder; do
    for part in "$folder"/*.conf; do printf '%s\n' "$part"; done
    for part in "$folder"/.?*.conf; do [ ! -e "$part" ] || printf '%s\n' "$part"; done
  done
}

# broker_public_lines: of a configuration that comes in, the lines that may be told, each as `DIRECTIVE VALUE`: none that
# may hold a secret, such as the password of a bridge.
broker_public_lines() {
  directives='listener|port|bind_address|certfile|cafile|crlfile|keyfile|password_file|acl_file|psk_file|include_dir|user'
  grep -E "^ *($directives)( |\$)" | sed 's/^ *//'
}

# broker_runs_as: of lines as broker_public_lines tells them, the user that the broker becomes; nothing if none is named.
broker_runs_as() {
  sed -n 's/^user  *//p' | tail -n 1
}

# broker_names_file DIRECTIVE: true if the value of this directive of broker_public_lines is a file that the broker
# reads. One that includes other files is none.
broker_names_file() {
  case $1 in certfile | cafile | crlfile | keyfile | password_file | acl_file | psk_file) ;; *) return 1 ;; esac
}

# broker_names_pem DIRECTIVE: true if that file holds certificates or revocation lists, which may be told.
broker_names_pem() {
  case $1 in certfile | cafile | crlfile) ;; *) return 1 ;; esac
}

# broker_files all|accounts|authorities: the files and folders, or those with the accounts, or those with the
# certificates of authorities, that the configuration in $lines names: one a line, of each directive 8 at most.
broker_files() {
  case $1 in
    all) directives='cafile capath certfile keyfile crlfile password_file acl_file psk_file' ;;
    accounts) directives=password_file ;;
    authorities) directives=cafile ;;
  esac
  for directive in $directives; do
    printf '%s\n' "$lines" | sed -n "s/^ *$directive  *//p" | sort -u | head -n 8
  done
}

# broker_password_hashes: of a file with accounts that comes in, what stands for each password, salt and all.
broker_password_hashes() {
  sed -n 's/^[^:]*:\(\$.*\)/\1/p'
}

# broker_names_accounts DIRECTIVE: true if the value of this directive of broker_public_lines is a file with accounts.
broker_names_accounts() {
  [ "$1" = password_file ]
}

# broker_account_names: of a file with accounts that comes in, their names, one a line.
broker_account_names() {
  sed -n 's/^\([^:]*\):.*/\1/p'
}

# broker_numbered_lines TOLD KNOWN: of a configuration that comes in, `NUMBER WORD VALUE` of each line that is no comment:
# with the value if TOLD, an extended regular expression, matches the word, with *** in its place if KNOWN does, and else
# with ? for the word.
broker_numbered_lines() {
  grep -n '[^ ]' | sed -nE "/^[0-9]+: *#/d
    s/^([0-9]+): */\1 /
    s/ +\$//
    t tell
    :tell
    /^[0-9]+ ($1)( |\$)/{s/^([0-9]+ [^ ]+) +/\1 /;p;d;}
    s/^([0-9]+ ($2))( .*)?\$/\1 ***/p
    t
    s/^([0-9]+) .*/\1 ?/p"
}

# broker_secret_files: of lines as broker_numbered_lines tells them, `KIND PATH` of each file that is nobody's but the
# broker's: key, accounts (hashes of passwords), shared (keys that clients know) or dynamic (accounts, rights and hashes).
broker_secret_files() {
  sed -nE 's/^[0-9]+ (bridge_)?keyfile /key /p
    s/^[0-9]+ (plugin_opt_)?password_file /accounts /p
    s/^[0-9]+ psk_file /shared /p
    s/^[0-9]+ (auth|plugin)_opt_config_file /dynamic /p' | sort -u | head -n 40
}

# broker_certificate_files: of the same lines, the files with the broker's own certificate, its key and its CA, one a line.
broker_certificate_files() {
  sed -nE 's/^[0-9]+ (cafile|certfile|keyfile) //p' | sort -u | head -n 40
}

# broker_rule_files: of the same lines, the files of rules, one a line.
broker_rule_files() {
  sed -n 's/^[0-9]* acl_file //p' | sort -u | head -n 8
}

# broker_hash_schemes accounts|shared|dynamic: of such a file that comes in, one line an account that has a password:
# `SCHEME PARAMETER NAME`, and never the hash: pbkdf2-sha512 ROUNDS, sha512 -, argon2id m=47104,t=1,p=1, plain -, and
# other - for what no broker reads. Of a dynamic file no names.
broker_hash_schemes() {
  case $1 in
    accounts)
      sed -nE '/^ *(#|$)/d
        s/^([^:]*):\$7\$([0-9]+)\$.*/pbkdf2-sha512 \2 \1/p;t
        s/^([^:]*):\$6\$.*/sha512 - \1/p;t
        s/^([^:]*):\$argon2id\$(v=[0-9]+\$)?([a-z0-9=,]+)\$.*/argon2id \3 \1/p;t
        s/^([^:]*):\$.*/other - \1/p;t
        s/^([^:]*):.*/plain - \1/p;t
        s/.*/other - ?/p'
      ;;
    dynamic) grep -oE '"iterations"[[:space:]]*:[[:space:]]*[0-9]+' | sed -E 's/.*[^0-9]([0-9]+)$/pbkdf2-sha512 \1 ?/' ;;
  esac
}

# broker_counts_logins: of a log that comes in, `logins N`, lines that tell who was let in, when and from where; and
# `refusals N`, lines that tell of somebody who was not.
broker_counts_logins() {
  sed -nE 's/.*[0-9T].*New client connected from [^ ]+ as .*/logins/p
    s/.*(disconnected, not authorised|denied access|disconnected: not authorised|OpenSSL Error|failed: error:|not authorised).*/refusals/p' |
    sort | uniq -c | sed -E 's/^ *([0-9]+) (.*)/\2 \1/'
}

# broker_is_verbose: true if the arguments of a process that come in, one a line, switch on all of the log.
broker_is_verbose() {
  grep -qx -e -v -e --verbose
}
