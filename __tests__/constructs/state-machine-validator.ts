import validate from 'asl-validator';

/** The Amazon States Language's own rules, by a library that knows them. */
export const StateMachineValidator = {
  problems: (definition: object): readonly unknown[] => {
    const { isValid, errors } = validate(definition);
    return isValid ? [] : errors;
  },
};
