import { describe, expect, test } from 'vitest';
import { sideBySide } from './side-by-side';
import { styles } from './styles';

describe('blocks', () => {
  const blocks = ['ab\nc', 'd', 'e\nf\ng'];

  test('stand in as many columns as there is room for', () => {
    expect(sideBySide(blocks, { width: 10 })).toBe('ab  d   e\nc       f\n        g');
    expect(sideBySide(blocks, { width: 9 })).toBe('ab  d\nc\n\ne\nf\ng');
    expect(sideBySide(blocks, { width: 1 })).toBe('ab\nc\n\nd\n\ne\nf\ng');
  });

  test('are measured as they are seen', () => {
    const { red } = styles({ color: true });
    expect(sideBySide([red('a'), 'b'], { width: 3, gap: 1 })).toBe(`${red('a')} b`);
  });

  test('none are nothing', () => {
    expect(sideBySide([], { width: 80 })).toBe('');
  });
});
