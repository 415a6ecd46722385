"""Citations of other documents and the relation that the sentence expresses."""
