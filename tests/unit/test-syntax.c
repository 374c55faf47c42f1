/* test-syntax.c -- src/syntax: what each syntax makes of a file, and of every
 * beginning of it.  What is said of a file was compared with what its owner
 * says where that can be asked (tests/hosts/redirections.sh).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "syntax/syntax.h"

struct recorder {
	struct setting_sink sink;	/* first */
	struct buf text;
	size_t left;			/* settings until the sink is full */
};

static int take_setting(struct setting_sink *sink, const struct setting *s)
{
	struct recorder *r = (struct recorder *)sink;
	static const char *const kinds[] = { "", "var ", "assigned " };

	if (r->left-- == 0)
		return -28;
	buf_addf(&r->text, "%u %s%s%s%s", s->line, kinds[s->kind], s->section,
		 s->section[0] != '\0' ? "|" : "", s->key);
	if (s->value != NULL)
		buf_addf(&r->text, "=%s%s", s->home ? "<home>" : "", s->value);
	if (s->unknown != NULL)
		buf_adds(&r->text, " unknown");
	buf_adds(&r->text, "\n");
	return 0;
}

static void take_problem(struct setting_sink *sink, unsigned line,
			 const char *message)
{
	struct recorder *r = (struct recorder *)sink;

	assert_true(message[0] != '\0');
	buf_addf(&r->text, "%u problem\n", line);
}

/* The first N bytes of TEXT in memory of just that size.  */
static int run(struct recorder *r, const char *syntax, const char *text,
	       size_t n)
{
	const struct syntax *s = syntax_find(syntax);
	uint8_t *copy = xmalloc(n + (n == 0));
	int e;

	assert_non_null(s);
	memcpy(copy, text, n);
	r->sink = (struct setting_sink){ take_setting, take_problem };
	buf_init(&r->text, 1u << 20);
	e = syntax_parse(s, (struct blob){ copy, n }, &r->sink);
	free(copy);
	return e;
}

static const struct {
	const char *syntax, *text, *want;
} cases[] = {
	{ "environment",
	  "# c\nA=b\n export B = \"c d\" # e\nC='$HOME/x'\nD=a\\ b\nE=x#y\n"
	  "F=\"two\nlines\"\n1G=h\nH I=j\nJ=\nK=a b \t\nL=\n;M=n\nN",
	  "2 var A=b\n3 var B=c d\n4 var C=$HOME/x\n5 var D=a b\n6 var E=x#y\n"
	  "7 var F=two\nlines\n11 var J=\n12 var K=a b\n13 var L=\n" },
	{ "environment", "A=\"open\nB=c\n", "1 var A unknown\n2 var B=c\n" },
	{ "environment", "A=a\\\nb\r\nC=d\r\n", "1 var A=ab\n3 var C=d\n" },
	{ "environment-d",
	  "A=$HOME/x\nB=${HOME}/y\nC=/a:$PATH\nD='$HOME'\nE=\\$HOME\nF=$HOMER\n",
	  "1 var A=<home>/x\n2 var B=<home>/y\n3 var C=/a:$PATH unknown\n"
	  "4 var D=$HOME\n5 var E=$HOME\n6 var F=$HOMER unknown\n" },
	{ "shell", "export A=b C='d e'\nF=g\nH=i; export H\n",
	  "1 var A=b\n1 var C=d e\n2 assigned F=g\n3 var H=i\n" },
	{ "shell", "A=b make\nA=b env C=d\nif [ -e /x ]; then export B=c; fi\n"
	  "[ -e /x ] && export D=e || F=g\n",
	  "3 var B=c\n4 var D=e\n4 assigned F=g\n" },
	{ "shell", "export A=$HOME/a B=\"$HOME/b\" C=~/c D=${HOME}/d\n"
	  "export E='$HOME/e' F=$X/f G=\"$(cat \"/a b\")\" H=`x y`/z\n"
	  "export I=${HOME:-/x}/y J=a~ K=\"~/k\" L=~\n",
	  "1 var A=<home>/a\n1 var B=<home>/b\n1 var C=<home>/c\n"
	  "1 var D=<home>/d\n2 var E=$HOME/e\n2 var F=$X/f unknown\n"
	  "2 var G=$(...) unknown\n2 var H=$(...)/z unknown\n"
	  "3 var I=${HOME:-/x}/y unknown\n3 var J=a~\n3 var K=~/k\n"
	  "3 var L=<home>\n" },
	{ "shell", "setenv A /b\nset -gx B /c\nset -x C ~/d\nset D e\n"
	  "set --export E f\ndeclare -x F=g\ntypeset -i G=h\nreadonly H=i\n",
	  "1 var A=/b\n2 var B=/c\n3 var C=<home>/d\n5 var E=f\n6 var F=g\n"
	  "7 assigned G=h\n8 assigned H=i\n" },
	{ "shell", "set -a\nA=b\n", "2 var A=b\n" },
	{ "shell", "A=b\ncat <<E >x\nexport B=c\nE\nexport A\n"
	  "cat <<-'F'\n\texport C=d\n\tF\nD=e\nx <<<\"y\"\nG=h\n",
	  "1 var A=b\n9 assigned D=e\n11 assigned G=h\n" },
	{ "shell", "A='b\nc' # export D=e\nF=g\\\nh\n#I=j\nexport K=\"a\\\"b\\$c\"\n",
	  "2 assigned A=b\nc\n4 assigned F=gh\n6 var K=a\"b$c\n" },
	{ "shell", "f() { export A=b; }\ncase x in\ny) export B=c ;;\nesac\n"
	  "(export C=d)\n! export D=e\n",
	  "1 var A=b\n3 var B=c\n5 var C=d\n6 var D=e\n" },
	{ "shell", "export A=\"b", "1 var A=b\n" },
	{ "systemd", "[Unit]\nEnvironment=A=b\n[Service]\nEnvironment=A=b "
	  "\"C=d e\" 'F=g'\n# c\nEnvironment=H=i\\x20j \\\n ; c\n K=l\n"
	  "EnvironmentFile=-/etc/x\nExecStart=/bin/x --cacert /y\n"
	  "Environment=O=p \"Q=r\n[Manager]\nDefaultEnvironment=S=t\n",
	  "2 Unit|Environment=A=b\n4 var Service|A=b\n4 var Service|C=d e\n"
	  "4 var Service|F=g\n6 var Service|H=i j\n6 var Service|K=l\n"
	  "9 Service|EnvironmentFile=-/etc/x\n"
	  "10 Service|ExecStart=/bin/x --cacert /y\n11 var Service|O=p\n"
	  "13 var Manager|S=t\n" },
	{ "systemd", "[Service]\nEnvironment=A=b \\\n# c\n",
	  "2 var Service|A=b\n" },
	{ "systemd", "[Service]\nEnvironment=A=b \\", "2 var Service|A=b\n" },
	{ "arguments", "-Da.b=c --d=e --f g -h --i -j=\"k l\" m --n",
	  "1 -Da.b=c\n1 --d=e\n1 --f=g\n1 -h\n1 --i\n1 -j=k l\n1 --n\n" },
	{ "arguments", "# c\n-Da=b\n8-13:-Dc=d\n14-:-De=f\n9:x\n",
	  "2 -Da=b\n3 -Dc=d\n4 -De=f\n" },
	{ "ini", "a = b\n[s]\nc=d # e\n f\ng: h\n; i\n#j\nk\nl = \"m\"\n"
	  "n =\n  o\n  p\n[t.u]\nq=r=s\n",
	  "1 a=b\n3 s|c=d # e f\n5 s|g=h\n8 s|k\n9 s|l=\"m\"\n10 s|n=o p\n"
	  "14 t.u|q=r=s\n" },
	/* RawConfigParser().read_string() says the same of it.  */
	{ "ini", "[s]\ncert:/nowhere/pip.pem\na:b = c\nd = e:f\n",
	  "2 s|cert=/nowhere/pip.pem\n3 s|a=b = c\n4 s|d=e:f\n" },
	{ "ini-equals", "[s]\na.b:c = d\n e\nf = g:h\n",
	  "2 s|a.b:c=d e\n4 s|f=g:h\n" },
	{ "ini-quoted", "a=\"b\" ; c\nd=e ; f\ng='h i'\nj=k;l\nm=n#o\n[p]\nq[]=r\n"
	  "s\nt=\"open\nu = //v:w\n",
	  "1 a=b\n2 d=e\n3 g=h i\n4 j=k;l\n5 m=n#o\n7 p|q[]=r\n8 p|s\n"
	  "9 p|t=\"open\n10 p|u=//v:w\n" },
	{ "gitconfig", "[http]\n\tsslCAInfo = /a # c\n\tsslVerify\n"
	  "[http \"https://x.y/\"] proxy = \"a;b\" ;c\n"
	  "\tcainfo = \"/a \\\"b\\\" \"c\\\n  d\n[include]\npath=~/e\n"
	  "[a \"b\\\"c\"]\nd=e\\\\f\n",
	  "2 http|sslCAInfo=/a\n3 http|sslVerify\n"
	  "4 http.https://x.y/|proxy=a;b\n"
	  "5 http.https://x.y/|cainfo=/a \"b\" c  d\n8 include|path=~/e\n"
	  "10 a.b\"c|d=e\\f\n" },
	{ "words", "cacert = /a\ncacert=/b\ncacert: /c\ncacert /d\n--cacert \"/e f\"\n"
	  "--insecure\n# x\n; y\nTLS_CACERT\t/g h # i\nk=\"a\\\"b\"\nnetwork={\n"
	  "\tca_cert=\"/l\"\n}\n<ca>\nurl = http://m:1/\nn = \"open\n",
	  "1 cacert=/a\n2 cacert=/b\n3 cacert=/c\n4 cacert=/d\n5 cacert=/e f\n"
	  "6 insecure\n9 TLS_CACERT=/g h\n10 k=a\"b\n11 network={\n"
	  "12 ca_cert=/l\n13 }\n14 <ca>\n15 url=http://m:1/\n16 n=open\n" },
	{ "postfix", "a = b\n# c\n  d\n\ne =\n f\ng\n", "1 a=b d\n5 e=f\n7 g\n" },
	{ "properties", "# c\n! d\na=b\nc : d\ne f\n\\u0061\\:b = c\\\n   d\\te\ng\n"
	  "h=\\\\x\n",
	  "3 a=b\n4 c=d\n5 e=f\n6 a:b=cd\te\n8 g=\n9 h=\\x\n" },
	{ "toml", "a = 1\n[http]\ncainfo = \"/a\\\"b\" # c\nx.y = 'z'\n"
	  "[reg.\"docker.io\"]\nca = [\"/a\", # c\n '/b']\n"
	  "t = { insecure = true, u = \"v\" }\n[[m]]\nn = \"\"\"\no\np\"\"\"\n"
	  "bad line\nq = \"open\nr = false\n",
	  "1 a=1\n3 http|cainfo=/a\"b\n4 http.x|y=z\n"
	  "6 reg.docker.io|ca=/a\n7 reg.docker.io|ca=/b\n"
	  "8 reg.docker.io.t|insecure=true\n8 reg.docker.io.t|u=v\n"
	  "10 m|n=o\np\n15 m|r=false\n" },
	{ "yaml", "a: b # c\nd: \"e # f\"\n'g': 'it''s'\nh:\n  i:\n    j: k\n  l: m\n"
	  "n:\n- o\n- p: q\n  r: s\nt: [u, \"v, w\"]\nx: |\n  y: z\n:aa: bb\n"
	  "cc: {dd: ee}\nff: {}\n---\ngg: http://hh\n",
	  "1 a=b\n2 d=e # f\n3 g=it's\n6 h.i|j=k\n7 h|l=m\n9 n=o\n10 n|p=q\n"
	  "11 n|r=s\n12 t=u\n12 t=v, w\n15 :aa=bb\n16 problem\n"
	  "16 cc={dd: ee}\n17 ff={}\n19 gg=http://hh\n" },
	{ "yaml", "clusters:\n- cluster:\n    certificate-authority: ca.crt\n"
	  "  name: a\nusers: []\n",
	  "3 clusters.cluster|certificate-authority=ca.crt\n4 clusters|name=a\n" },
	{ "yaml", " {\"a\": {\"b\": \"c\"}}", "0 a|b=c\n" },
	{ "json", "{\"a\": \"b\", \"c\": {\"d\": [1, true, \"e\", {\"f\": false}]},"
	  " \"g\": null, \"h\": 1.5}",
	  "0 a=b\n0 c|d=1\n0 c|d=true\n0 c|d=e\n0 c.d|f=false\n" },
	{ "json", "{\"a\":\n", "2 problem\n" },
	{ "json", "[\"a\"]", "" },
	{ "apt", "Acquire::https::CaInfo \"/a\";\n// c\n# d\nAcquire {\n https {\n"
	  "  Verify-Peer \"false\"; /* e\n */ }\n;};\n"
	  "Acquire::https { host::CaInfo \"/b c\" ; };\nA::B:: \"x\";\n"
	  "C { \"y\"; };\nD::E f;\n",
	  "1 Acquire.https|CaInfo=/a\n6 Acquire.https|Verify-Peer=false\n"
	  "9 Acquire.https.host|CaInfo=/b c\n12 D|E=f\n" },
	/* of all */
	{ "ini", "\xef\xbb\xbf" "a=b\n", "1 a=b\n" },
	{ "words", "", "" },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *text = cases[i].text;
		struct recorder r = { .left = 1000 };

		assert_int_equal(run(&r, cases[i].syntax, text, strlen(text)), 0);
		if (strcmp(buf_str(&r.text), cases[i].want) != 0)
			fail_msg("%s:\n%sgave\n%swanted\n%s", cases[i].syntax,
				 text, buf_str(&r.text), cases[i].want);
		buf_done(&r.text);
	}
}

/* Every beginning, by every syntax; a NUL in it, and a full sink, too.  */
static void test_beginnings(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (const struct syntax *s = syntaxes; s->name != NULL; s++) {
			for (size_t n = 0; n <= strlen(cases[i].text); n++) {
				struct recorder r = { .left = 1000 };

				assert_int_equal(run(&r, s->name,
						     cases[i].text, n), 0);
				buf_done(&r.text);
			}
		}
	}
}

static void test_full(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct recorder r = { .left = 0 };
		int e = run(&r, cases[i].syntax, cases[i].text,
			    strlen(cases[i].text));

		assert_int_equal(e, strchr(cases[i].want, '=') != NULL ? -28 : 0);
		buf_done(&r.text);
	}
}

static void test_nul(void **state)
{
	(void)state;
	for (const struct syntax *s = syntaxes; s->name != NULL; s++) {
		struct recorder r = { .left = 1000 };

		assert_int_equal(run(&r, s->name, "a=b\nc=\0d\n", 9), 0);
		assert_string_equal(buf_str(&r.text), "2 problem\n");
		buf_done(&r.text);
	}
}

/* Bytes of all kinds, always the same.  */
static void test_noise(void **state)
{
	static const char some[] = "{}[]()\"'\\\n\n \t=:;#$`~<>-,./aAxE01%*&|!";
	uint64_t seed = 88172645463325252u;
	char text[400];

	(void)state;
	for (unsigned round = 0; round < 2000; round++) {
		const struct syntax *s = &syntaxes[round % 15];
		struct recorder r = { .left = 100000 };

		for (size_t i = 0; i < sizeof(text); i++) {
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			text[i] = seed % 50 == 0
				? (char)(1 + seed / 50 % 255)
				: some[seed / 50 % (sizeof(some) - 1)];
		}
		assert_int_equal(run(&r, s->name, text, sizeof(text)), 0);
		buf_done(&r.text);
	}
}

/* What is deep, long or much ends, and ends soon.  */
static void test_large(void **state)
{
	static const char *const pieces[] = {
		"a:\n ", "[a]", "{", "a = [", "a = {b=", "a{", "$(", "\"", "`",
		"export A=", "- ", "\\\n", "a.", "/*", "A=b;", "<<E\n",
	};
	const size_t n = 256u << 10;
	char *text = xmalloc(n);

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(pieces); k++) {
		for (size_t i = 0; i < n; i++)
			text[i] = pieces[k][i % strlen(pieces[k])];
		for (const struct syntax *s = syntaxes; s->name != NULL; s++) {
			struct recorder r = { .left = SIZE_MAX };

			run(&r, s->name, text, n);
			buf_done(&r.text);
		}
	}
	free(text);
}

static void test_limits(void **state)
{
	char *text = xmalloc(LIMIT_SETTING_BYTES + 16);
	struct recorder r = { .left = 10 };

	(void)state;
	memcpy(text, "a=", 2);
	memset(text + 2, 'x', LIMIT_SETTING_BYTES + 1);
	run(&r, "ini", text, LIMIT_SETTING_BYTES + 3);
	assert_string_equal(buf_str(&r.text), "1 a unknown\n");
	buf_done(&r.text);
	r.left = 10;
	run(&r, "ini", text, LIMIT_SETTING_BYTES + 2);
	assert_null(strstr(buf_str(&r.text), "unknown"));
	buf_done(&r.text);
	free(text);
}

static void test_names(void **state)
{
	static const struct {
		const char *pattern, *name;
		bool fold, want;
	} rows[] = {
		{ "a", "a", false, true }, { "a", "A", false, false },
		{ "a", "A", true, true }, { "A*c", "abbc", true, true },
		{ "a*c", "abbd", false, false }, { "*", "", false, true },
		{ "http*", "http.https://x", false, true },
		{ "", "", false, true }, { "", "a", false, false },
		{ "*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaa", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(is_name_like(rows[i].pattern, rows[i].name,
					      rows[i].fold), rows[i].want);
}

/* trustdrift-redirections(5) lists them, in this order and with these words. */
static void test_manual(void **state)
{
	const char *top = getenv("srcdir");
	AUTO(str) char *path = xasprintf("%s/man/trustdrift-redirections.5",
					 top != NULL ? top : ".");
	AUTO(str) char *text = NULL;
	AUTO(buf) struct buf want;
	size_t n;

	(void)state;
	buf_init(&want, 1u << 16);
	buf_adds(&want, ".Bl -tag -width environment-d -compact\n");
	for (const struct syntax *s = syntaxes; s->name != NULL; s++)
		buf_addf(&want, ".It Cm %s\n%s\n", s->name, s->title);
	buf_adds(&want, ".El\n");
	assert_int_equal(file_slurp(path, 1u << 20, &text, &n), 0);
	assert_non_null(strstr(text, buf_str(&want)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_beginnings),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_manual),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
