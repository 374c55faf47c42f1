// report.js -- filters the findings of the page that --report html writes, and opens
// what is folded before it is printed.  The page is complete without it.
(function () {
	'use strict';
	var form = document.getElementById('filter');
	var findings = Array.prototype.slice.call(
		document.querySelectorAll('details.finding'));
	var search = document.getElementById('search');
	var shown = document.getElementById('shown');
	var texts = findings.map(function (finding) {
		return finding.textContent.toLowerCase();
	});

	function filter() {
		var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
		var n = 0;

		findings.forEach(function (finding, k) {
			var box = form.elements[finding.dataset.severity];
			var fits = (!box || box.checked) &&
				words.every(function (word) {
					return texts[k].indexOf(word) >= 0;
				});

			finding.hidden = !fits;
			n += fits ? 1 : 0;
		});
		shown.textContent = n + ' / ' + findings.length;
	}

	function setAll(open) {
		findings.forEach(function (finding) {
			if (!finding.hidden)
				finding.open = open;
		});
	}

	// A link to a finding opens it.
	function followHash() {
		var finding = location.hash.indexOf('#f-') === 0 &&
			document.getElementById(location.hash.slice(1));

		if (finding) {
			finding.hidden = false;
			finding.open = true;
			finding.scrollIntoView();
		}
	}

	if (form) {
		form.hidden = false;
		form.addEventListener('input', filter);
		form.addEventListener('submit', function (event) {
			event.preventDefault();
		});
		document.getElementById('open-all').addEventListener('click',
			function () { setAll(true); });
		document.getElementById('close-all').addEventListener('click',
			function () { setAll(false); });
		filter();
	}
	window.addEventListener('hashchange', followHash);
	followHash();
	window.addEventListener('beforeprint', function () {
		document.querySelectorAll('details').forEach(function (details) {
			details.dataset.was = details.open ? 'open' : '';
			details.open = true;
		});
	});
	window.addEventListener('afterprint', function () {
		document.querySelectorAll('details').forEach(function (details) {
			details.open = details.dataset.was === 'open';
		});
	});
}());
