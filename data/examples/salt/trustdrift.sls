# trustdrift.sls -- a state for Salt: changed when there is something to act on.
#
#   salt '*' state.apply trustdrift test=True
#
# --format salt says so in the words that stateful wants, and ends with 0 then, because
# any other status fails the state; what keeps it from a verdict does.  In test mode
# Salt runs what test_name says, which writes nothing.
trustdrift-audit:
  cmd.run:
    - name: /usr/bin/trustdrift audit --quiet --format salt
    - stateful:
        - test_name: /usr/bin/trustdrift check --quiet --format salt

# The script that repairs, to be looked at.  fix ends with 2 when it was written.
trustdrift-script:
  cmd.run:
    - name: /usr/bin/trustdrift fix --quiet -o /var/lib/trustdrift/fix.sh
    - success_retcodes: [0, 2]
    - onchanges:
        - cmd: trustdrift-audit
