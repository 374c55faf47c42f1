#!/bin/sh
# ask-puppet.sh -- the examples for Puppet and Chef, carried out: the class by the real
# Puppet (--noop, a run, again), the fact by the real Facter; asked of Debian 12's
# puppet-agent 7.23.0 and facter 4.3.0.  Chef and Cinc are in no archive that is at
# hand: the recipe is read by Ruby, and what its resources say is done as Chef
# documents it.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"
fetch_tree bookworm puppet puppet-agent || skip "no Puppet"
# shellcheck source=tests/owners/examples.sh
. "$srcdir/tests/owners/examples.sh"
tree=$OWNERS/bookworm/puppet
machine=$(uname -m)-linux-gnu
ruby() {
	(
		LD_LIBRARY_PATH=$tree/usr/lib/$machine
		RUBYLIB=$tree/usr/lib/ruby/vendor_ruby:$(printf '%s:' \
			"$tree"/usr/lib/ruby/3.* "$tree"/usr/lib/"$machine"/ruby/3.* \
			"$tree"/usr/lib/"$machine"/ruby/vendor_ruby/3.*)
		GEM_PATH=$(printf '%s:' "$tree"/usr/share/rubygems-integration/* \
			"$tree"/var/lib/gems/*)
		export LD_LIBRARY_PATH RUBYLIB GEM_PATH
		exec "$tree/usr/bin/ruby" "$@"
	)
}
puppet() {
	sub=$1
	shift
	ruby "$tree/usr/bin/puppet" "$sub" --confdir "$work/puppet/conf" \
		--vardir "$work/puppet/var" --ssldir "$work/puppet/ssl" \
		--rundir "$work/puppet/run" --logdir "$work/puppet/log" \
		--publicdir "$work/puppet/public" --color=false "$@"
}
apply() { # apply ARGUMENT...: $status by --detailed-exitcodes
	status=0
	puppet apply --detailed-exitcodes "$@" "$work/trustdrift.pp" \
		>"$work/out" 2>&1 </dev/null || status=$?
}

# ---- Puppet ---------------------------------------------------------------------
outage puppet
mkdir -p "$work/puppet"
example puppet/trustdrift.pp >"$work/trustdrift.pp"
puppet parser validate "$work/trustdrift.pp" >"$work/out" 2>&1
is "the manifest: $(cat "$work/out")" "$?" 0
before=$(cksum <"$work/puppet.db")
apply --noop
is "--noop" "$status" 0
check "tells of a change" grep -q 'write the script that repairs.*(noop)' "$work/out"
is "recorded is nothing" "$(cksum <"$work/puppet.db")" "$before"
check "and nothing written" [ ! -e "$fix" ]
apply
is "a run changes" "$status" 2
[ "$status" = 2 ] || cat "$work/out" >&2
check "the script" sh -n "$fix"
is "and nothing else" "$(cached)" 1
sed 's/^include trustdrift/class { "trustdrift": repair => true }/' \
	"$work/trustdrift.pp" >"$work/with"
mv "$work/with" "$work/trustdrift.pp"
apply
is "repaired when asked" "$status" 2
is "indeed" "$(cached)" 0
for mode in --noop --verbose; do
	apply "$mode"
	is "$mode: nothing is left" "$status" 0
	is "and said" "$(grep -c 'trustdrift: ' "$work/out")" 0
done
# no verdict is a failure, not a host that is in order
printf '#!/bin/sh\nexit 78\n' >"$program"
apply
is "no verdict" "$((status & 4))" 4

# ---- the fact ---------------------------------------------------------------------
outage fact
mkdir "$work/facts"
example puppet/facts.d/trustdrift >"$work/facts/trustdrift"
chmod 755 "$work/facts/trustdrift"
fact() {
	ruby "$tree/usr/bin/facter" --no-block --no-cache --external-dir \
		"$work/facts" "$1" 2>/dev/null
}
is "a fact" "$(fact trustdrift_changed)" yes
is "how many" "$(fact trustdrift_high)" 1
is "the status" "$(fact trustdrift_status)" 0
printf '#!/bin/sh\nexit 78\n' >"$program"
is "no verdict" "$(fact trustdrift_status)" 78
is "and no numbers" "$(fact trustdrift_high)" ""

# ---- Chef -------------------------------------------------------------------------
outage chef
rm -f "$fix"
example chef/trustdrift.rb >"$work/trustdrift.rb"
ruby -c "$work/trustdrift.rb" >"$work/out" 2>&1
is "the recipe: $(cat "$work/out")" "$?" 0
# Guards by the shell: not_if skips at 0, only_if otherwise; a block by its truth.
cat >"$work/chef.rb" <<'END'
class Resource
  def initialize(name)
    @name, @guards, @returns = name, [], [0]
  end
  def command(words) = @command = words
  def returns(list) = @returns = list
  def not_if(words = nil, &block) = @guards << [false, words || block]
  def only_if(words = nil, &block) = @guards << [true, words || block]
  def run(check)
    @guards.each do |wanted, guard|
      met = guard.is_a?(String) ? system("/bin/sh", "-c", guard) : !!guard.call
      return if met != wanted
    end
    puts "#{check ? 'would run' : 'ran'} #{@name}"
    return if check
    system("/bin/sh", "-c", @command, out: "/dev/null")
    abort "#{@name}: #{$?.exitstatus}" unless @returns.include?($?.exitstatus)
  end
end
Node = Struct.new(:repair) { def read(*) = repair }
def node = NODE
def execute(name, &block)
  resource = Resource.new(name)
  resource.instance_eval(&block)
  RESOURCES << resource
end
RESOURCES = []
NODE = Node.new(ARGV[2] == "repair")
load ARGV[0]
RESOURCES.each { |r| r.run(ARGV[1] == "check") }
END
chef() { ruby "$work/chef.rb" "$work/trustdrift.rb" "$@" 2>&1 | tr '\n' ';'; }
write="trustdrift: write the script that repairs"
is "why-run" "$(chef check repair)" "would run $write;would run trustdrift: repair;"
check "writes nothing" [ ! -e "$fix" ]
is "a run" "$(chef run)" "ran $write;"
is "repairs nothing" "$(cached)" 1
is "asked to" "$(chef run repair)" "ran $write;ran trustdrift: repair;"
is "indeed" "$(cached)" 0
is "nothing is left" "$(chef run repair)" ""
finish
