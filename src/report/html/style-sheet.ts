/** Colours by role, so that one page serves light, dark and paper. Series differ in lightness too, for those who see few colours. */
const LIGHT = `--bg:#ffffff;--panel:#f6f7f9;--text:#16191d;--muted:#59616b;--line:#d9dde2;--grid:#e8ebef;--accent:#0b5cad;
--good:#1a6e3c;--caution:#8a5300;--bad:#b3261e;--good-bg:#e6f4eb;--caution-bg:#fdf1dd;--bad-bg:#fdeae8;
--c0:#1668b8;--c1:#c2500a;--c2:#12805c;--c3:#8e44ad;--c4:#9a7400;--c5:#c02667;
--late:#c4352b;--connect:#b98a1b;--wait:#a9b8c9;--decode:#2f7fc9;--tail:#6b7480;`;

const DARK = `--bg:#14171b;--panel:#1c2127;--text:#e8eaed;--muted:#a3acb8;--line:#363d46;--grid:#2a3038;--accent:#7db8f0;
--good:#7fd4a0;--caution:#f0bd6a;--bad:#ff9d94;--good-bg:#173323;--caution-bg:#3a2c12;--bad-bg:#421d1a;
--c0:#6cb2f2;--c1:#f2935c;--c2:#56c9a0;--c3:#cf9be8;--c4:#d9b84a;--c5:#f286b2;
--late:#ff8a80;--connect:#d9ae4a;--wait:#4d5b6b;--decode:#5aa6ea;--tail:#98a2ae;`;

const colourClasses = (count: number): string =>
  Array.from({ length: count }, (_, index) => `.c${index}{--c:var(--c${index})}`).join('');

export const STYLE_SHEET: string = `
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${DARK}}}
:root[data-theme=light]{color-scheme:light}
:root[data-theme=dark]{color-scheme:dark;${DARK}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
.page{max-width:1160px;margin:0 auto;padding:0 20px 48px}
.skip{position:absolute;left:-999px}.skip:focus{left:20px;top:8px;background:var(--bg);padding:4px 10px}
header{padding:28px 0 12px;border-bottom:1px solid var(--line)}
h1{font-size:28px;line-height:1.2;margin:0 0 6px;overflow-wrap:anywhere;letter-spacing:-.01em}
h2{font-size:20px;margin:44px 0 4px;letter-spacing:-.005em}
h3{font-size:16px;margin:0 0 8px}
p{margin:6px 0}.lead{color:var(--muted);margin:0 0 12px;max-width:75ch}
.meta{color:var(--muted);font-size:14px}
.top{display:flex;gap:16px;justify-content:space-between;align-items:flex-start}
button{font:inherit;font-size:14px;color:var(--text);background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:6px 12px;cursor:pointer;white-space:nowrap}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:4px 18px;padding:0;margin:12px 0 0;font-size:14px}
.badge{display:inline-block;border-radius:999px;padding:1px 10px;font-size:13px;font-weight:600;vertical-align:middle}
.good{color:var(--good)}.caution{color:var(--caution)}.bad{color:var(--bad)}
.badge.good{background:var(--good-bg)}.badge.caution{background:var(--caution-bg)}.badge.bad{background:var(--bad-bg)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:14px;margin:14px 0}
.card{background:var(--panel);border:1px solid var(--line);border-radius:12px;padding:14px 16px}
.card h3{margin:0;overflow-wrap:anywhere;display:flex;gap:8px;align-items:baseline}
.swatch{width:10px;height:10px;flex:none}
.card dl{display:grid;grid-template-columns:repeat(3,auto);gap:8px 14px;margin:12px 0 0}
.card dt{color:var(--muted);font-size:13px}.card dd{margin:0;font-size:18px;font-weight:600;font-variant-numeric:tabular-nums}
.card dd small{display:block;font-size:13px;font-weight:400;color:var(--muted)}
.grid2{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:18px;margin-top:14px}
figure{margin:0;background:var(--panel);border:1px solid var(--line);border-radius:12px;padding:14px 16px;min-width:0}
figure svg{display:block;width:100%;height:auto}
figure.wide svg{min-width:720px}
figure.wide{margin-top:14px}
figcaption{color:var(--muted);font-size:13px;margin-top:8px}
figcaption .key{white-space:nowrap;margin-right:10px}figcaption .key svg{display:inline-block;width:11px;height:11px;min-width:0;margin-right:5px;vertical-align:-1px}
figure .scroll{margin:0 -4px;padding:0 4px}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:14px;margin:10px 0 0;padding:0;list-style:none}
.legend svg,.card .swatch{width:10px;height:10px}.legend svg{margin-right:7px}
details{margin-top:10px;font-size:14px}summary{cursor:pointer;color:var(--accent)}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums;margin:10px 0}
caption{text-align:left;color:var(--muted);font-size:13px;padding-bottom:4px}
th,td{padding:5px 10px 5px 0;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap;vertical-align:top}
th:first-child,td.text{text-align:left}th[scope=row]{white-space:normal;min-width:9em}th{font-weight:600}td.text{white-space:normal;min-width:16em}
td small{color:var(--muted)}
.ledger{list-style:none;padding:0;margin:10px 0}.ledger li{border-left:4px solid var(--line);padding:6px 14px;margin:8px 0;background:var(--panel);border-radius:0 8px 8px 0}
.ledger .invalid{border-color:var(--bad)}.ledger .note{border-color:var(--caution)}.ledger .ok{border-color:var(--good)}
.hint{color:var(--muted);font-size:14px}
pre{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:12px 14px;overflow-x:auto;font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
code{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
dl.facts{display:grid;grid-template-columns:minmax(9em,14em) 1fr;gap:4px 18px;font-size:14px}dl.facts dt{color:var(--muted)}dl.facts dd{margin:0;overflow-wrap:anywhere}
.grid{stroke:var(--grid);fill:none}.tick{fill:var(--muted);font-size:12px}.label{fill:var(--muted);font-size:12px}
svg text{font-family:inherit}
.dots{stroke:var(--c);stroke-width:3.4;stroke-linecap:round;stroke-opacity:.42;fill:none}.dots.small{stroke-width:3;stroke-opacity:.4}
.line{stroke:var(--c);stroke-width:2;fill:none;stroke-linejoin:round}
.bar{stroke:var(--c);stroke-width:7;stroke-opacity:.9}.mark{stroke:var(--text);stroke-width:1.6}
.span{stroke:var(--c);stroke-width:2}.fill{fill:var(--c)}
.failure{stroke:var(--bad);stroke-width:1.6;fill:none}
.late{fill:var(--late)}.connect{fill:var(--connect)}.wait{fill:var(--wait)}.decode{fill:var(--decode)}.tail{fill:var(--tail)}
${colourClasses(6)}
footer{margin-top:48px;padding-top:12px;border-top:1px solid var(--line);color:var(--muted);font-size:13px}
@media (max-width:600px){.page{padding:0 14px 32px}h1{font-size:23px}.card dl{grid-template-columns:repeat(2,auto)}dl.facts{grid-template-columns:1fr}dl.facts dd{margin-bottom:6px}figure{padding:12px 10px}}
@media print{html:root:not([data-theme=none]){color-scheme:light;${LIGHT}}body{font-size:11pt}.page{max-width:none;padding:0}nav,button,.skip{display:none}figure,.card,.ledger li,tr{break-inside:avoid}h2,h3{break-after:avoid}figure,.card,pre{background:none}.grid2{grid-template-columns:1fr 1fr}.scroll{overflow:visible}figure.wide svg{min-width:0}details:not([open]){display:none}th,td{white-space:normal}}
`;

/** Shows and keeps the reader's choice of theme; without scripts the system's theme stands and the button stays hidden. */
export const SCRIPT = `(()=>{const r=document.documentElement,b=document.getElementById('theme'),q=matchMedia('(prefers-color-scheme:dark)');
const isDark=()=>r.dataset.theme?r.dataset.theme==='dark':q.matches;
const show=()=>{b.textContent=isDark()?'Light theme':'Dark theme'};
try{const t=localStorage.getItem('llm-bench-theme');if(t==='dark'||t==='light')r.dataset.theme=t}catch{}
b.hidden=false;show();q.addEventListener('change',show);
b.addEventListener('click',()=>{r.dataset.theme=isDark()?'light':'dark';try{localStorage.setItem('llm-bench-theme',r.dataset.theme)}catch{}show()})})()`;
