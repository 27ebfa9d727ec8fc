// A terminal's screen as a picture: node screen_svg.mjs TITLE COLUMNS <capture >picture.svg
// The capture is what `tmux capture-pane -p -e` prints. Text stays text: a picture can be searched, selected and read out.
// Each run of one look stands at its own column and is stretched to its cells, so that any monospace font fits the grid.
// What is not understood is refused, with its line and column: a picture never shows less than the screen did.
import { readFileSync } from 'node:fs';

const CELL = { w: 8.4, h: 18, font: 14, base: 13.5 };
const BAR = 30;                       // the title bar
const EDGE = 12;                      // between the frame and the cells
const PAPER = '#14181d';
const INK = '#d8dee4';
const SIXTEEN = ['#2e3436', '#e06c60', '#8ac26a', '#d9b45b', '#6fa8dc', '#c397d8', '#6cc2c2', '#d8dee4',
  '#7a848c', '#ff8f80', '#a9dd8b', '#f2cf73', '#8fc1f0', '#d9b3ea', '#8fdede', '#ffffff'];
const PLAIN = { fg: null, bg: null, bold: false, dim: false, italic: false, underline: false, reverse: false };

function colour(n) {
  if (n < 16) return SIXTEEN[n];
  if (n >= 232) return `rgb(${Array(3).fill(8 + (n - 232) * 10)})`;
  const level = (i) => (i === 0 ? 0 : 55 + i * 40);
  const cube = n - 16;
  return `rgb(${[Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(level)})`;
}

// 38 and 48: "5;N" is one of 256, "2;R;G;B" is itself. Takes its numbers from the list.
function extended(numbers) {
  const kind = numbers.shift();
  const wanted = numbers.splice(0, kind === 5 ? 1 : 3);
  if ((kind !== 5 && kind !== 2) || wanted.some((v) => !(v >= 0 && v <= 255))) throw new Error(`colour of kind ${kind}`);
  return kind === 5 ? colour(wanted[0]) : `rgb(${wanted})`;
}

function one(look, n, rest) {
  switch (true) {
    case n === 0: return { ...PLAIN };
    case n === 1: return { ...look, bold: true };
    case n === 2: return { ...look, dim: true };
    case n === 3: return { ...look, italic: true };
    case n === 4: return { ...look, underline: true };
    case n === 7: return { ...look, reverse: true };
    case n === 22: return { ...look, bold: false, dim: false };
    case n === 23: return { ...look, italic: false };
    case n === 24: return { ...look, underline: false };
    case n === 27: return { ...look, reverse: false };
    case n >= 30 && n <= 37: return { ...look, fg: colour(n - 30) };
    case n === 38: return { ...look, fg: extended(rest) };
    case n === 39: return { ...look, fg: null };
    case n >= 40 && n <= 47: return { ...look, bg: colour(n - 40) };
    case n === 48: return { ...look, bg: extended(rest) };
    case n === 49: return { ...look, bg: null };
    case n >= 90 && n <= 97: return { ...look, fg: colour(n - 90 + 8) };
    case n >= 100 && n <= 107: return { ...look, bg: colour(n - 100 + 8) };
    default: throw new Error(`SGR ${n}`);
  }
}

function styled(look, parameters) {
  const numbers = parameters === '' ? [0] : parameters.split(/[;:]/).map(Number);
  while (numbers.length > 0) look = one(look, numbers.shift(), numbers);
  return look;
}

// Cells that a character takes. Only what the programs draw, and what people write in the languages of wide letters.
function cells(c) {
  const n = c.codePointAt(0);
  if (/\p{Mn}|\p{Me}/u.test(c)) return 0;
  return (n >= 0x1100 && n <= 0x115f) || (n >= 0x2e80 && n <= 0xa4cf) || (n >= 0xac00 && n <= 0xd7a3) ||
    (n >= 0xf900 && n <= 0xfaff) || (n >= 0xfe30 && n <= 0xfe6f) || (n >= 0xff00 && n <= 0xff60) || n >= 0x1f300 ? 2 : 1;
}

// One line of the capture as runs {column, width, text, look}; the look goes on into the next line, as in a terminal.
function runs(line, look) {
  const out = [];
  let column = 0;
  const pattern = /\x1b\[([0-9;:]*)m|([\s\S])/gu;
  for (const [, sgr, c] of line.matchAll(pattern)) {
    if (sgr !== undefined) {
      look = styled(look, sgr);
      continue;
    }
    if (/[\x00-\x1f\x7f-\x9f]/.test(c)) throw new Error(`column ${column}: byte ${c.codePointAt(0)}`);
    const last = out.at(-1);
    if (last !== undefined && last.look === look) {
      last.text += c;
      last.width += cells(c);
    } else {
      out.push({ column, width: cells(c), text: c, look });
    }
    column += cells(c);
  }
  return { out, look };
}

const escaped = (s) => s.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const short = (v) => String(Number(v.toFixed(2)));

const wide = (text) => [...text].reduce((n, c) => n + cells(c), 0);

// Where text stands in a run. Two blanks and more are distance, which SVG would close up; underlined, they are a field.
function pieces({ column, text, look }) {
  if (look.underline) return [{ column, text: text.replaceAll(' ', '\u00a0') }];
  return [...text.matchAll(/[^ ]+(?: [^ ]+)*/g)].map((m) =>
    ({ column: column + wide(text.slice(0, m.index)), text: m[0] }));
}

function drawn(run, row) {
  const { look } = run;
  const fg = look.reverse ? look.bg ?? PAPER : look.fg ?? INK;
  const bg = look.reverse ? look.fg ?? INK : look.bg;
  const x = EDGE + run.column * CELL.w;
  const y = BAR + EDGE + row * CELL.h;
  let svg = '';
  if (bg !== null)
    svg += `<rect x="${short(x)}" y="${short(y)}" width="${short(run.width * CELL.w)}" height="${CELL.h + 0.5}" fill="${bg}"/>`;   // and over the seam
  const marks = (fg === INK ? '' : ` fill="${fg}"`) + (look.bold ? ' font-weight="bold"' : '') +
    (look.dim ? ' opacity="0.7"' : '') + (look.italic ? ' font-style="italic"' : '') +
    (look.underline ? ' text-decoration="underline"' : '');
  return svg + pieces(run).map(({ column, text }) => `<text x="${short(EDGE + column * CELL.w)}" y="${short(y + CELL.base)}" ` +
    `textLength="${short(wide(text) * CELL.w)}"${marks}>${escaped(text)}</text>`).join('');
}

function picture(title, columns, capture) {
  const lines = capture.replace(/\n$/, '').split('\n');
  const width = short(2 * EDGE + columns * CELL.w);
  const height = BAR + 2 * EDGE + lines.length * CELL.h;
  let look = PLAIN;
  const rows = lines.map((line, row) => {
    try {
      const read = runs(line, look);
      look = read.look;
      return read.out.map((run) => drawn(run, row)).join('');
    } catch (e) {
      throw new Error(`line ${row + 1}: ${e.message}`);
    }
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" rx="8" fill="${PAPER}"/>
<path d="M0 ${BAR}V8a8 8 0 0 1 8-8H${short(width - 8)}a8 8 0 0 1 8 8V${BAR}z" fill="#2a313a"/>
<g font-family="DejaVu Sans Mono,Menlo,Consolas,Liberation Mono,monospace" font-size="${CELL.font}" fill="${INK}">
<text x="${EDGE}" y="20" font-weight="bold" fill="#aeb8c2">${escaped(title)}</text>
${rows.filter((r) => r !== '').join('\n')}
</g>
</svg>
`;
}

const [title, columns] = process.argv.slice(2);
if (!(Number(columns) > 0)) {
  console.error('usage: screen_svg.mjs TITLE COLUMNS <capture');
  process.exit(2);
}
try {
  process.stdout.write(picture(title, Number(columns), readFileSync(0, 'utf8')));
} catch (e) {
  console.error(`screen_svg: ${e.message}`);
  process.exit(3);
}
