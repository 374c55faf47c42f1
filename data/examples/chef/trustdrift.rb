# trustdrift.rb -- a recipe for Chef Infra and Cinc: when trustdrift finds something to
# act on, the script that repairs it is written, to be looked at, and run where
# node['trustdrift']['repair'] is true.
#
# A guard skips its resource when the command ends with 0.  check writes nothing, so
# that --why-run, which evaluates guards, changes nothing either.  4: nothing was found
# where it could be read.
in_sync = '/usr/bin/trustdrift check --quiet >/dev/null; [ $? -eq 0 ] || [ $? -eq 4 ]'
script = '/var/lib/trustdrift/fix.sh'

# fix: 2 when the script was written, 0 when there is nothing that one can do
execute 'trustdrift: write the script that repairs' do
  command "/usr/bin/trustdrift audit --quiet --exit-zero >/dev/null && /usr/bin/trustdrift fix --quiet -o #{script}"
  returns [0, 2]
  not_if in_sync
end

# 2: steps that need a decision were left out
execute 'trustdrift: repair' do
  command "sh #{script} --yes"
  returns [0, 2]
  only_if { node.read('trustdrift', 'repair') }
  not_if in_sync
end
