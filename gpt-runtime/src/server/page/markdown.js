// Shows Markdown as DOM nodes. What a model wrote only ever becomes text nodes and a fixed set of
// elements: there is no way from here to markup or script.

import { element } from './dom.js';

const MAX_DEPTH = 12;

/** The nodes that a text in Markdown stands for. */
export function markdown(text) {
  return blocks(text.replace(/\r\n?/g, '\n').split('\n'), 0);
}

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^`]*)$/;
const HEADING = /^ {0,3}(#{1,6})(?:\s+(.*))?$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])(\s+|$)/;

function blocks(lines, depth) {
  const nodes = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at];
    if (line.trim() === '') {
      at += 1;
      continue;
    }
    const block = depth < MAX_DEPTH ? special(lines, at, depth) : undefined;
    const [node, end] = block ?? paragraph(lines, at, depth);
    nodes.push(node);
    at = end;
  }
  return nodes;
}

/** The block that is no paragraph and where it ends, or nothing. */
function special(lines, at, depth) {
  const line = lines[at];
  let match;
  if ((match = FENCE.exec(line))) return fenced(lines, at, match[1], match[2].trim());
  if ((match = HEADING.exec(line))) {
    const title = (match[2] ?? '').replace(/\s#+\s*$/, '');
    // The page has headings of its own above these.
    const level = Math.min(match[1].length + 2, 6);
    return [element(`h${level}`, {}, ...inline(title, 0)), at + 1];
  }
  if (RULE.test(line)) return [element('hr'), at + 1];
  if (QUOTE.test(line)) {
    const inner = [];
    let end = at;
    for (; end < lines.length && QUOTE.test(lines[end]); end += 1) {
      inner.push(lines[end].replace(QUOTE, ''));
    }
    return [element('blockquote', {}, ...blocks(inner, depth + 1)), end];
  }
  if (ITEM.test(line)) return list(lines, at, depth);
  return table(lines, at);
}

function fenced(lines, at, fence, language) {
  const inner = [];
  let end = at + 1;
  for (; end < lines.length; end += 1) {
    const trimmed = lines[end].trim();
    if (trimmed.startsWith(fence) && trimmed.replaceAll(fence[0], '') === '') {
      end += 1;
      break;
    }
    inner.push(lines[end]);
  }
  const code = element('code', { 'data-language': language || undefined }, inner.join('\n'));
  return [element('pre', { tabindex: '0' }, code), end];
}

function list(lines, at, depth) {
  const first = ITEM.exec(lines[at]);
  const ordered = /\d/.test(first[2]);
  const indent = first[1].length;
  const node = ordered ? element('ol', { start: parseInt(first[2], 10) }) : element('ul');
  let loose = false;
  let end = at;
  while (end < lines.length) {
    const match = ITEM.exec(lines[end]);
    if (!match || match[1].length > indent + 3 || match[1].length < indent) break;
    if (/\d/.test(match[2]) !== ordered || RULE.test(lines[end])) break;
    const width = match[1].length + match[2].length + 1;
    const inner = [lines[end].slice(match[0].length)];
    end += 1;
    for (; end < lines.length; end += 1) {
      const line = lines[end];
      const indented = line.length - line.trimStart().length;
      if (line.trim() === '') {
        // A blank line ends the item unless something that belongs to it follows.
        const next = lines[end + 1] ?? '';
        if (next.trim() === '' || next.length - next.trimStart().length < indent + 2) break;
        inner.push('');
      } else if (indented >= indent + 2) {
        inner.push(line.slice(Math.min(indented, width)));
      } else if (ITEM.test(line) || startsBlock(line) || inner.at(-1) === '') {
        break;
      } else {
        inner.push(line);
      }
    }
    let content = blocks(inner, depth + 1);
    // An item of one paragraph is set without the paragraph's distance.
    if (content[0]?.nodeName === 'P') content = [...content[0].childNodes, ...content.slice(1)];
    node.append(element('li', {}, ...content));
    // A blank line between two items does not end the list.
    let next = end;
    while (next < lines.length && lines[next].trim() === '') next += 1;
    if (next > end && next < lines.length && ITEM.test(lines[next]) && !RULE.test(lines[next])) {
      loose = true;
      end = next;
    }
  }
  if (loose) node.classList.add('loose');
  return [node, end];
}

function startsBlock(line) {
  return FENCE.test(line) || HEADING.test(line) || RULE.test(line) || QUOTE.test(line);
}

function cells(line) {
  const row = line.trim().replace(/^\|/, '');
  const found = [];
  let cell = '';
  for (let at = 0; at < row.length; at += 1) {
    if (row[at] === '\\' && row[at + 1] === '|') {
      cell += '|';
      at += 1;
    } else if (row[at] === '|') {
      found.push(cell.trim());
      cell = '';
    } else {
      cell += row[at];
    }
  }
  if (cell.trim() !== '') found.push(cell.trim());
  return found;
}

function table(lines, at) {
  const delimiter = lines[at + 1];
  if (!lines[at].includes('|') || !delimiter?.includes('-')) return undefined;
  const head = cells(lines[at]);
  const marks = cells(delimiter);
  if (head.length !== marks.length || !marks.every((mark) => /^:?-+:?$/.test(mark))) {
    return undefined;
  }
  const side = marks.map((mark) => {
    if (mark.endsWith(':')) return mark.startsWith(':') ? 'center' : 'right';
    return undefined;
  });
  const row = (name, texts) =>
    element(
      'tr',
      {},
      ...head.map((_, column) =>
        element(name, { class: side[column] }, ...inline(texts[column] ?? '', 0))
      )
    );
  const body = element('tbody');
  let end = at + 2;
  for (; end < lines.length && lines[end].includes('|'); end += 1) {
    body.append(row('td', cells(lines[end])));
  }
  const whole = element('table', {}, element('thead', {}, row('th', head)), body);
  return [element('div', { class: 'table', tabindex: '0' }, whole), end];
}

function paragraph(lines, at, depth) {
  let end = at + 1;
  for (; end < lines.length; end += 1) {
    const line = lines[end];
    if (line.trim() === '') break;
    if (depth < MAX_DEPTH && (startsBlock(line) || ITEM.test(line) || table(lines, end))) break;
  }
  const text = lines.slice(at, end).map((line) => line.trim()).join('\n');
  return [element('p', {}, ...inline(text, 0)), end];
}

const PUNCTUATION = /[!-/:-@[-`{-~]/;
const WORD = /[\p{L}\p{N}]/u;
const BARE_LINK = /https?:\/\/[^\s<>"`]+/y;

function inline(text, depth) {
  const nodes = [];
  let plain = '';
  // What was looked for in vain from some place is not there from a later place either.
  const missing = new Set();
  const find = (what, from) => {
    if (missing.has(what)) return -1;
    const found = text.indexOf(what, from);
    if (found < 0) missing.add(what);
    return found;
  };
  const push = (node, end) => {
    if (plain) nodes.push(plain);
    plain = '';
    nodes.push(node);
    return end;
  };
  let at = 0;
  while (at < text.length) {
    const rule = depth < MAX_DEPTH ? RULES[text[at]] : undefined;
    const found = rule?.(text, at, find, depth);
    if (found) {
      at = push(...found);
    } else if (text[at] === '\\' && PUNCTUATION.test(text[at + 1] ?? '')) {
      plain += text[at + 1];
      at += 2;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  if (plain) nodes.push(plain);
  return nodes;
}

// By first character: the node found there and where it ends, or nothing.
const RULES = {
  '\n': (_, at) => [element('br'), at + 1],
  '`': code,
  '*': emphasis,
  _: emphasis,
  '~': (text, at, find, depth) =>
    text.startsWith('~~', at) ? delimited('del', '~~', text, at, find, depth) : undefined,
  '[': link,
  '!': (text, at, find, depth) =>
    // Pictures are not fetched from other places; what they show can be opened.
    text[at + 1] === '[' ? link(text, at + 1, find, depth) : undefined,
  '<': (text, at, find) => {
    const end = find('>', at);
    const address = end < 0 || end - at > 2000 ? undefined : safe(text.slice(at + 1, end));
    return address && [anchor(address, [text.slice(at + 1, end)]), end + 1];
  },
  h: (text, at) => {
    if (at > 0 && WORD.test(text[at - 1])) return undefined;
    BARE_LINK.lastIndex = at;
    let found = BARE_LINK.exec(text)?.[0].replace(/[.,;:!?'*_~\]]+$/, '');
    // A closing parenthesis belongs to the sentence unless the address opened one.
    while (found?.endsWith(')') && !found.includes('(')) found = found.slice(0, -1);
    const address = found && safe(found);
    return address && [anchor(address, [found]), at + found.length];
  },
};

function code(text, at, find) {
  let ticks = 1;
  while (text[at + ticks] === '`') ticks += 1;
  const end = find('`'.repeat(ticks), at + ticks);
  if (end < 0) return undefined;
  const inner = text.slice(at + ticks, end).replaceAll('\n', ' ');
  return [element('code', {}, inner.trim() || inner), end + ticks];
}

function emphasis(text, at, find, depth) {
  const mark = text[at];
  if (text.startsWith(mark + mark, at)) {
    const strong = delimited('strong', mark + mark, text, at, find, depth);
    if (strong) return strong;
  }
  return delimited('em', mark, text, at, find, depth);
}

function delimited(name, mark, text, at, find, depth) {
  const from = at + mark.length;
  // Emphasis hugs its text, and underscores inside of words are just that.
  if (/^\s?$/.test(text[from] ?? '')) return undefined;
  const inWord = (place) => mark[0] === '_' && WORD.test(text[place] ?? '');
  if (inWord(at - 1)) return undefined;
  let end = find(mark, from + 1);
  for (let tries = 0; end >= 0 && tries < 50; tries += 1) {
    const double = mark.length === 1 && text[end + 1] === mark;
    if (!double && !/\s/.test(text[end - 1]) && !inWord(end + mark.length)) {
      // Of three marks the outermost close last.
      const run = mark.length === 2 && text[end + 2] === mark[0] ? end + 1 : end;
      return [element(name, {}, ...inline(text.slice(from, run), depth + 1)), run + mark.length];
    }
    end = find(mark, end + (double ? 2 : 1));
  }
  return undefined;
}

function link(text, at, find, depth) {
  const middle = find('](', at);
  if (middle < 0 || middle - at > 2000) return undefined;
  let end = middle + 2;
  for (let open = 0; end < text.length; end += 1) {
    if (text[end] === '(') open += 1;
    if (text[end] === ')' && open-- === 0) break;
    if (text[end] === '\n' || end - middle > 4000) return undefined;
  }
  if (end >= text.length) return undefined;
  const target = text.slice(middle + 2, end).trim().replace(/\s+["'(].*$/, '');
  const address = safe(target.replace(/^<(.*)>$/, '$1'));
  const label = inline(text.slice(at + 1, middle), depth + 1);
  // An address that must not be followed leaves its label.
  return [address ? anchor(address, label) : element('span', {}, ...label), end + 1];
}

/** The address, if it is one of the web: nothing else may be followed. */
export function safe(address) {
  if (!/^https?:\/\//i.test(address)) return undefined;
  return URL.canParse(address) ? address : undefined;
}

export function anchor(href, children) {
  const attributes = { href, target: '_blank', rel: 'noopener noreferrer nofollow' };
  return element('a', attributes, ...children);
}
