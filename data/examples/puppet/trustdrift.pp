# trustdrift.pp -- a class for Puppet 5 and newer: when trustdrift finds something to
# act on, its script is written, and run where that is asked for.
#
#   puppet apply --noop trustdrift.pp
#
# or manifests/init.pp of a module of this name, without the last line.
#
# `unless` runs under --noop as well, and check writes nothing.  It is in sync when
# nothing was found (0), or nothing where it could be read (4); whatever else happens
# lets the command run, which fails then and says why.
#
# $repair: run the script, too.  Steps that need a decision are left out.
class trustdrift (
  String  $fail_on = 'medium',
  Boolean $repair  = false,
) {
  $in_sync = "/usr/bin/trustdrift check --quiet --fail-on ${fail_on} >/dev/null; [ \$? -eq 0 ] || [ \$? -eq 4 ]"
  $script  = '/var/lib/trustdrift/fix.sh'

  # fix: 2 when the script was written, 0 when there is nothing that one can do
  exec { 'trustdrift: write the script that repairs':
    command  => "/usr/bin/trustdrift audit --quiet --exit-zero >/dev/null && /usr/bin/trustdrift fix --quiet -o ${script}",
    unless   => $in_sync,
    provider => shell,
    returns  => [0, 2],
  }

  if $repair {
    # 2: steps were left out
    exec { 'trustdrift: repair':
      command  => "sh ${script} --yes",
      unless   => $in_sync,
      provider => shell,
      returns  => [0, 2],
      require  => Exec['trustdrift: write the script that repairs'],
    }
  }
}

include trustdrift
