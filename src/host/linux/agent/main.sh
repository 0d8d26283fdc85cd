# shellcheck shell=sh
# Last part: `sh agent STATE KEEP COMMAND ARGS...`. Ends with the line `end` when all went well: an answer without it was cut off.
agent=$0 state=$1 keep=$2
shift 2
is_path "$state" && is_path "$keep" || fail BAD_ORDER 'state and keep are absolute paths'

dispatch() {
  accept "$@"
  _command=$1
  shift
  case $_command in
    job) cmd_job "$@" ;;
    run-job) cmd_run_job "$@" ;;
    end-job) cmd_end_job "$@" ;;
    arm) cmd_arm "$@" ;;
    hold-still) cmd_hold_still "$@" ;;
    watch) generation=$2 && cmd_watch "$1" ;;
    take-down) cmd_take_down "$@" ;;
    hold-devices) cmd_hold_devices "$@" ;;
    keep-open) cmd_keep_open "$@" ;;
    attest) cmd_attest "$@" ;;
    holds) cmd_holds ;;
    give-back) cmd_give_back "$@" ;;
    inspect) cmd_inspect "$@" ;;
    nonce) cmd_nonce "$@" ;;
    flush) cmd_flush "$@" ;;
    release) cmd_release "$@" ;;
    prove-released) cmd_prove_released "$@" ;;
    find) cmd_find "$@" ;;
    new-group) cmd_new_group "$@" ;;
    new-file-system) cmd_new_file_system "$@" ;;
    former-group) cmd_former_group "$@" ;;
    former-file-system) cmd_former_file_system "$@" ;;
    mount) cmd_mount "$@" ;;
    unmount) cmd_unmount "$@" ;;
    check) cmd_check "$@" ;;
    verify) cmd_verify "$@" ;;
    *) fail BAD_ORDER "no command $_command" ;;
  esac || return $?
  case $_command in job | run-job | arm | hold-still) ;; *) echo end ;; esac
}

dispatch "$@"
