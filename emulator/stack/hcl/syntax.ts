/** The subset of HCL's expressions that CDKTF writes, as a tree. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  /** Text with interpolations; one that is nothing but an interpolation is that expression itself. */
  | { readonly kind: 'template'; readonly parts: readonly Expression[] }
  /** Something that has an address of its own: `aws_x.y`, `data.aws_x.y`, `local.x`, `var.x`. */
  | { readonly kind: 'reference'; readonly address: string }
  /** `of.name`, `of[0]`, `of["name"]` */
  | { readonly kind: 'index'; readonly of: Expression; readonly key: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: 'unary'; readonly operator: '!' | '-'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'conditional';
      readonly condition: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    };

export type BinaryOperator = '==' | '!=' | '&&' | '||';
