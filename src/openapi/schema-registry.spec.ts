import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { SchemaRegistry } from './schema-registry.js';

describe('the schemas of the document', () => {
  it('are named once and referred to', () => {
    const schemas = new SchemaRegistry();
    const pet = z.object({ born: z.date() }).meta({ id: 'SpecPet' });
    expect(schemas.add(z.array(pet), 'output')).toEqual({
      type: 'array',
      items: { $ref: '#/components/schemas/SpecPet' },
    });
    expect(schemas.add(pet, 'output')).toEqual({ $ref: '#/components/schemas/SpecPet' });
    const born = { type: 'string', format: 'date-time' };
    expect(schemas.all()).toEqual({
      SpecPet: { type: 'object', properties: { born }, required: ['born'] },
    });
  });

  it('are open where they are answered and closed where they are sent', () => {
    const note = z.strictObject({ text: z.string() });
    expect(new SchemaRegistry().add(note, 'output')).not.toHaveProperty('additionalProperties');
    expect(new SchemaRegistry().add(note, 'input')).toHaveProperty('additionalProperties', false);
  });

  it('cannot share a name', () => {
    const schemas = new SchemaRegistry();
    const named = z.strictObject({ text: z.string() }).meta({ id: 'SpecNote' });
    schemas.add(named, 'input');
    expect(() => schemas.add(named, 'output')).toThrow('Two schemas are named SpecNote');
  });
});
