/**
 * What a resource's `lifecycle` refuses at the plan, although it synthesizes and runs on a laptop.
 * @param why what is wrong and what to do; nothing where nothing is wrong
 */
export const refuse = (why: string | undefined) =>
  why === undefined
    ? {}
    : {
        precondition: [
          {
            // False, but no constant: Terraform refuses a condition that refers to nothing before it shows the message.
            condition: '${path.module == ""}',
            errorMessage: why,
          },
        ],
      };
