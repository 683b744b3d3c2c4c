# The fastest linker that is there: mold, else lld, else the compiler's own.
find_program(MARCHWIRE_MOLD mold)
find_program(MARCHWIRE_LLD ld.lld)
if(MARCHWIRE_MOLD)
    add_link_options(-fuse-ld=mold)
elseif(MARCHWIRE_LLD)
    add_link_options(-fuse-ld=lld)
endif()
